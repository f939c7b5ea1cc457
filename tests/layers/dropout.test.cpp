// SPDX-License-Identifier: MIT

#include <thorax/layers/dropout.hpp>

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

using namespace thorax;

TEST_CASE("dropout keeps all extents", "[layers]")
{
  STATIC_REQUIRE(layer<dropout<percent<50>>>);
  STATIC_REQUIRE(dropout<percent<50>>::accepts({512, 1, 1}));
  STATIC_REQUIRE(dropout<percent<50>>::output({512, 2, 1}) == extents{512, 2, 1});
}

TEST_CASE("percent is a share", "[layers]")
{
  STATIC_REQUIRE(percent<50>::share == 0.5F);
  STATIC_REQUIRE(percent<0>::share == 0.0F);
  STATIC_REQUIRE(percent<25>::share == 0.25F);
}

TEST_CASE("dropout's op knows its rate", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({8, 1, 1});
  const slice out = dropout<percent<25>>::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::dropout);
  CHECK(plan.ops[0].rate == 0.25F);
  CHECK(plan.ops[0].in == in);
  CHECK(out.shape == in.shape);
  CHECK(out.buffer != in.buffer);
  CHECK(plan.parameters.empty());
}

TEST_CASE("a share below 0, or not below 1, accepts nothing", "[layers]")
{
  STATIC_REQUIRE(is_out_of_range<dropout<percent<100>>>);
  STATIC_REQUIRE(is_out_of_range<dropout<percent<-1>>>);
  STATIC_REQUIRE(!is_out_of_range<dropout<percent<99>>>);
  STATIC_REQUIRE(!dropout<percent<100>>::accepts({7, 1, 1}));
}
