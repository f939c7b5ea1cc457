// SPDX-License-Identifier: MIT

#include <thorax/layers/softmax.hpp>

#include <thorax/graph/layer.hpp>
#include <thorax/graph/network.hpp>
#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"

using namespace thorax;

namespace {

struct with_softmax : network<input<3, 1, 1>, softmax> {};

}  // namespace

TEST_CASE("softmax keeps all extents", "[layers]")
{
  STATIC_REQUIRE(layer<softmax>);
  STATIC_REQUIRE(softmax::accepts({3, 4, 5}));
  STATIC_REQUIRE(softmax::output({3, 4, 5}) == extents{3, 4, 5});
}

TEST_CASE("softmax is an op without parameters", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({3, 1, 1});
  const slice out = softmax::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::softmax);
  CHECK(plan.ops[0].in == in);
  CHECK(out.shape == in.shape);
  CHECK(plan.parameters.empty());
}

TEST_CASE("what a softmax at the end reads are the logits", "[layers]")
{
  const draft written = lowered<with_softmax>();
  CHECK(written.logits == written.ops.back().in);
  CHECK(written.output == written.ops.back().out);
}
