// SPDX-License-Identifier: MIT

#include <thorax/graph/append.hpp>

#include <thorax/graph/repeat.hpp>
#include <thorax/layers/average_pool.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/halve_channels.hpp>
#include <thorax/layers/relu.hpp>

#include "support/catch.hpp"

using namespace thorax;

namespace {

using adds_four = append<relu, conv2d<4, kernel<3>>>;
using shrinks = append<conv2d<4, kernel<3>, stride<1>, padding<0>>>;

}  // namespace

TEST_CASE("append puts the body's channels behind its input's", "[graph]")
{
  STATIC_REQUIRE(adds_four::output({3, 8, 7}) == extents{7, 8, 7});
  STATIC_REQUIRE(append<relu>::output({3, 8, 7}) == extents{6, 8, 7});
  STATIC_REQUIRE(append<adds_four>::output({3, 8, 7}) == extents{10, 8, 7});
  STATIC_REQUIRE(repeat<3, adds_four>::output({3, 8, 7}) == extents{15, 8, 7});
}

TEST_CASE("append accepts bodies that keep height and width", "[graph]")
{
  STATIC_REQUIRE(layer<adds_four>);
  STATIC_REQUIRE(adds_four::accepts({3, 8, 7}));
  STATIC_REQUIRE(adds_four::keeps_height_and_width({3, 8, 7}));
  STATIC_REQUIRE(!shrinks::accepts({3, 8, 7}));
  STATIC_REQUIRE(!shrinks::keeps_height_and_width({3, 8, 7}));
  STATIC_REQUIRE(!append<conv2d<4, kernel<3>, stride<1>, padding<1>>, average_pool<kernel<2>, stride<2>>>::accepts({3, 8, 8}));
}

TEST_CASE("of two sides that must stay each alone counts", "[graph]")
{
  using flattens = append<conv2d<1, kernel<3>, stride<3>>>;
  STATIC_REQUIRE(flattens::accepts({1, 1, 1}));
  STATIC_REQUIRE(!flattens::accepts({1, 1, 4}));
  STATIC_REQUIRE(!flattens::accepts({1, 4, 1}));
}

TEST_CASE("append refuses what its body refuses", "[graph]")
{
  STATIC_REQUIRE(append<halve_channels>::accepts({4, 2, 2}));
  STATIC_REQUIRE(append<halve_channels>::output({4, 2, 2}) == extents{6, 2, 2});
  STATIC_REQUIRE(!append<halve_channels>::accepts({3, 2, 2}));
}
