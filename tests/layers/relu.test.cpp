// SPDX-License-Identifier: MIT

#include <thorax/layers/relu.hpp>

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

using namespace thorax;

TEST_CASE("a ReLU keeps all extents", "[layers]")
{
  STATIC_REQUIRE(layer<relu>);
  STATIC_REQUIRE(relu::accepts({7, 3, 2}));
  STATIC_REQUIRE(relu::output({7, 3, 2}) == extents{7, 3, 2});
}

TEST_CASE("a ReLU is an activation without a norm or parameters", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({7, 3, 2});
  const slice out = relu::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::activation);
  CHECK(plan.ops[0].relu_before);
  CHECK(!plan.ops[0].relu_after);
  CHECK(plan.ops[0].norm_before == none);
  CHECK(plan.ops[0].in == in);
  CHECK(out.shape == in.shape);
  CHECK(out.buffer != in.buffer);
  CHECK(plan.parameters.empty());
}
