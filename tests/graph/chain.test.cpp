// SPDX-License-Identifier: MIT

#include <thorax/graph/chain.hpp>

#include <thorax/layers/average_pool.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/halve_channels.hpp>
#include <thorax/layers/linear.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace thorax;

namespace {

using halved_twice = chain<conv2d<6, kernel<3>>, halve_channels, halve_channels>;
using pooled_twice = chain<average_pool<kernel<2>, stride<2>>, average_pool<kernel<2>, stride<2>>>;

}  // namespace

TEST_CASE("a chain makes what its last layer makes of what the others made", "[graph]")
{
  STATIC_REQUIRE(chain<conv2d<6, kernel<3>>, halve_channels>::output({1, 8, 8}) == extents{3, 8, 8});
  STATIC_REQUIRE(pooled_twice::output({5, 13, 8}) == extents{5, 3, 2});
  STATIC_REQUIRE(chain<chain<halve_channels>, chain<chain<halve_channels>>>::output({8, 1, 1}) == extents{2, 1, 1});
  STATIC_REQUIRE(chain<>::output({8, 2, 1}) == extents{8, 2, 1});
}

TEST_CASE("a chain accepts what each layer in turn accepts", "[graph]")
{
  STATIC_REQUIRE(pooled_twice::accepts({1, 4, 4}));
  STATIC_REQUIRE(!pooled_twice::accepts({1, 4, 3}));
  STATIC_REQUIRE(!halved_twice::accepts({1, 8, 8}));
  STATIC_REQUIRE(chain<>::accepts({1, 8, 8}));
  STATIC_REQUIRE(!chain<halved_twice>::accepts({1, 8, 8}));
}

TEST_CASE("a chain names the first layer that refuses and what arrived at it", "[graph]")
{
  STATIC_REQUIRE(!pooled_twice::first_fault({1, 4, 4}).exists());
  constexpr fault odd = halved_twice::first_fault({1, 8, 8});
  STATIC_REQUIRE(odd.position == 2);
  STATIC_REQUIRE(odd.arriving == extents{3, 8, 8});
  constexpr fault at_once = pooled_twice::first_fault({1, 1, 4});
  STATIC_REQUIRE(at_once.position == 0);
  STATIC_REQUIRE(at_once.arriving == extents{1, 1, 4});
  constexpr fault first_of_two = chain<linear<2>, halve_channels>::first_fault({3, 2, 2});
  STATIC_REQUIRE(first_of_two.position == 0);
}

TEST_CASE("a chain is a layer, and a struct that derives from one is a named part", "[graph]")
{
  struct head : chain<linear<4>, linear<2>> {};
  STATIC_REQUIRE(layer<head>);
  STATIC_REQUIRE(head::output({9, 1, 1}) == extents{2, 1, 1});
  STATIC_REQUIRE(std::is_same_v<head::layers, std::tuple<linear<4>, linear<2>>>);
}
