// SPDX-License-Identifier: MIT

#include <thorax/graph/repeat.hpp>

#include <thorax/graph/append.hpp>
#include <thorax/layers/average_pool.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/halve_channels.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace thorax;

TEST_CASE("repeat makes what so many layers in a row make", "[graph]")
{
  STATIC_REQUIRE(repeat<1, halve_channels>::output({8, 3, 3}) == extents{4, 3, 3});
  STATIC_REQUIRE(repeat<3, halve_channels>::output({8, 3, 3}) == extents{1, 3, 3});
  STATIC_REQUIRE(repeat<2, average_pool<kernel<2>, stride<2>>>::output({1, 11, 8}) == extents{1, 2, 2});
  STATIC_REQUIRE(repeat<48, append<conv2d<32, kernel<1>>>>::output({256, 1, 1}) == extents{1792, 1, 1});
}

TEST_CASE("repeat asks each repetition anew", "[graph]")
{
  STATIC_REQUIRE(layer<repeat<2, halve_channels>>);
  STATIC_REQUIRE(repeat<2, halve_channels>::accepts({12, 1, 1}));
  STATIC_REQUIRE(!repeat<3, halve_channels>::accepts({12, 1, 1}));
}

TEST_CASE("repeat names the repetition that refuses and what arrived at it", "[graph]")
{
  constexpr fault third = repeat<5, halve_channels>::first_fault({12, 1, 1});
  STATIC_REQUIRE(third.position == 2);
  STATIC_REQUIRE(third.arriving == extents{3, 1, 1});
  STATIC_REQUIRE(!repeat<2, halve_channels>::first_fault({12, 1, 1}).exists());
}

TEST_CASE("repeat says what it repeats and how often", "[graph]")
{
  STATIC_REQUIRE(repeat<7, halve_channels>::times == 7);
  STATIC_REQUIRE(std::is_same_v<repeat<7, halve_channels>::repeated, halve_channels>);
}

TEST_CASE("repeating never accepts nothing", "[graph]")
{
  STATIC_REQUIRE(is_out_of_range<repeat<0, halve_channels>>);
  STATIC_REQUIRE(!is_out_of_range<repeat<1, halve_channels>>);
  STATIC_REQUIRE(!repeat<0, halve_channels>::accepts({4, 1, 1}));
}
