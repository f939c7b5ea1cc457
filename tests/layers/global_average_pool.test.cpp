// SPDX-License-Identifier: MIT

#include <thorax/layers/global_average_pool.hpp>

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

using namespace thorax;

TEST_CASE("one number a channel remains of any maps", "[layers]")
{
  STATIC_REQUIRE(layer<global_average_pool>);
  STATIC_REQUIRE(global_average_pool::output({1920, 9, 7}) == extents{1920, 1, 1});
  STATIC_REQUIRE(global_average_pool::accepts({1, 1, 1}));
  STATIC_REQUIRE(!global_average_pool::accepts({1, 0, 4}));
}

TEST_CASE("pooling all pixels is an op of its own kind", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({4, 3, 2});
  const slice out = global_average_pool::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::global_average_pool);
  CHECK(plan.ops[0].in == in);
  CHECK(plan.ops[0].out == out);
  CHECK(out.shape == extents{4, 1, 1});
  CHECK(plan.parameters.empty());
}
