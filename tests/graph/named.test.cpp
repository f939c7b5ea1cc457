// SPDX-License-Identifier: MIT

#include <thorax/graph/named.hpp>

#include <thorax/layers/halve_channels.hpp>
#include <thorax/layers/linear.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace thorax;

TEST_CASE("a named layer is that layer for shapes", "[graph]")
{
  using squeeze = named<"squeeze", halve_channels>;
  STATIC_REQUIRE(layer<squeeze>);
  STATIC_REQUIRE(squeeze::accepts({6, 2, 2}));
  STATIC_REQUIRE(!squeeze::accepts({5, 2, 2}));
  STATIC_REQUIRE(squeeze::output({6, 2, 3}) == extents{3, 2, 3});
  STATIC_REQUIRE(std::is_same_v<squeeze::bearer, halve_channels>);
}

TEST_CASE("the name is the literal, and part of the type", "[graph]")
{
  STATIC_REQUIRE(named<"conv0", linear<2>>::name.text() == "conv0");
  STATIC_REQUIRE(std::is_same_v<named<"conv0", linear<2>>, named<"conv0", linear<2>>>);
  STATIC_REQUIRE(!std::is_same_v<named<"conv0", linear<2>>, named<"conv1", linear<2>>>);
}
