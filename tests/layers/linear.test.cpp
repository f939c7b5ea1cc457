// SPDX-License-Identifier: MIT

#include <thorax/layers/linear.hpp>

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

using namespace thorax;

TEST_CASE("a linear layer reads 1x1 maps only", "[layers]")
{
  STATIC_REQUIRE(layer<linear<3>>);
  STATIC_REQUIRE(linear<3>::accepts({1920, 1, 1}));
  STATIC_REQUIRE(!linear<3>::accepts({1920, 2, 1}));
  STATIC_REQUIRE(!linear<3>::accepts({1920, 1, 2}));
  STATIC_REQUIRE(linear<3>::output({1920, 1, 1}) == extents{3, 1, 1});
}

TEST_CASE("a linear layer has a weight an input and output, and a bias an output", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({7, 1, 1});
  const slice out = linear<3>::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::linear);
  CHECK(plan.ops[0].macs() == 21);
  CHECK(out.shape == extents{3, 1, 1});
  REQUIRE(plan.parameters.size() == 2);
  const parameter& weight = plan.parameters[static_cast<std::size_t>(plan.ops[0].weight)];
  const parameter& bias = plan.parameters[static_cast<std::size_t>(plan.ops[0].bias)];
  CHECK(weight.kind == parameter_kind::weight);
  CHECK(weight.rank == 2);
  CHECK(weight.shape[0] == 3);
  CHECK(weight.shape[1] == 7);
  CHECK(bias.kind == parameter_kind::bias);
  CHECK(bias.rank == 1);
  CHECK(bias.size() == 3);
  CHECK(plan.parameter_floats == 24);
}

TEST_CASE("a linear layer without outputs accepts nothing", "[layers]")
{
  STATIC_REQUIRE(is_out_of_range<linear<0>>);
  STATIC_REQUIRE(!is_out_of_range<linear<1>>);
  STATIC_REQUIRE(!linear<0>::accepts({7, 1, 1}));
}
