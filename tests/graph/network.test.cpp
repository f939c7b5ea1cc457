// SPDX-License-Identifier: MIT

#include <thorax/graph/network.hpp>

#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/global_average_pool.hpp>
#include <thorax/layers/linear.hpp>
#include <thorax/layers/softmax.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace thorax;

namespace {

struct head : chain<global_average_pool, linear<2>, softmax> {};
struct small : network<input<1, 9, 5>, conv2d<4, kernel<3>, stride<2>>, head> {};
struct empty : network<input<3, 2, 1>> {};

}  // namespace

TEST_CASE("an input gives the extents of one sample", "[graph]")
{
  STATIC_REQUIRE(input<3, 300, 200>::shape == extents{3, 300, 200});
}

TEST_CASE("a network knows what enters and what leaves it", "[graph]")
{
  STATIC_REQUIRE(small::input_shape == extents{1, 9, 5});
  STATIC_REQUIRE(small::output_shape == extents{2, 1, 1});
  STATIC_REQUIRE(small::fits);
  STATIC_REQUIRE(empty::output_shape == extents{3, 2, 1});
}

TEST_CASE("a network without its input is a chain, which may be asked about other inputs", "[graph]")
{
  STATIC_REQUIRE(std::is_same_v<small::whole, chain<conv2d<4, kernel<3>, stride<2>>, head>>);
  STATIC_REQUIRE(std::is_same_v<small::layers, small::whole::layers>);
  STATIC_REQUIRE(small::whole::output({1, 100, 100}) == extents{2, 1, 1});
  STATIC_REQUIRE(small::whole::accepts({7, 1, 1}));
}

TEST_CASE("a network is a type and nothing else", "[graph]")
{
  STATIC_REQUIRE(std::is_empty_v<small>);
}
