// SPDX-License-Identifier: MIT

#include <thorax/layers/halve_channels.hpp>

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace thorax;

TEST_CASE("half of the channels remain, at the same height and width", "[layers]")
{
  STATIC_REQUIRE(layer<halve_channels>);
  STATIC_REQUIRE(halve_channels::output({256, 9, 7}) == extents{128, 9, 7});
}

TEST_CASE("an odd number of channels is refused", "[layers]")
{
  STATIC_REQUIRE(halve_channels::accepts({2, 1, 1}));
  STATIC_REQUIRE(!halve_channels::accepts({255, 9, 7}));
}

TEST_CASE("halving is a 1x1 convolution, which a transition's weights are named after", "[layers]")
{
  STATIC_REQUIRE(halve_channels::word == "conv");
  draft plan;
  const slice in = plan.new_buffer({6, 4, 5});
  const slice out = halve_channels::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::convolution);
  CHECK(plan.ops[0].moving == window{1, 1, 0});
  CHECK(plan.ops[0].bias == none);
  CHECK(out.shape == extents{3, 4, 5});
  REQUIRE(plan.parameters.size() == 1);
  const parameter& weight = plan.parameters[0];
  CHECK(weight.rank == 4);
  CHECK(std::vector<int>(weight.shape, weight.shape + 4) == std::vector<int>{3, 6, 1, 1});
}
