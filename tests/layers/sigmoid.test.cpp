// SPDX-License-Identifier: MIT

#include <thorax/layers/sigmoid.hpp>

#include <thorax/graph/layer.hpp>
#include <thorax/graph/network.hpp>
#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"

using namespace thorax;

namespace {

struct with_sigmoid : network<input<3, 1, 1>, sigmoid> {};

}  // namespace

TEST_CASE("sigmoid keeps all extents", "[layers]")
{
  STATIC_REQUIRE(layer<sigmoid>);
  STATIC_REQUIRE(sigmoid::accepts({3, 4, 5}));
  STATIC_REQUIRE(sigmoid::output({3, 4, 5}) == extents{3, 4, 5});
}

TEST_CASE("sigmoid is an op without parameters", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({3, 1, 1});
  const slice out = sigmoid::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::sigmoid);
  CHECK(plan.ops[0].in == in);
  CHECK(out.shape == in.shape);
  CHECK(plan.parameters.empty());
}

TEST_CASE("what a sigmoid at the end reads are the logits", "[layers]")
{
  const draft written = lowered<with_sigmoid>();
  CHECK(written.logits == written.ops.back().in);
  CHECK(written.output == written.ops.back().out);
}
