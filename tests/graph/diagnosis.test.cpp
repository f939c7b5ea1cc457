// SPDX-License-Identifier: MIT

#include <thorax/graph/diagnosis.hpp>

#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/halve_channels.hpp>
#include <thorax/layers/relu.hpp>

#include "support/catch.hpp"

#include <type_traits>

// What a refused program's error says is tested in tests/fails_to_compile. Here the templates get extents that
// pass, so that they can be made and asked which of them the descent arrives at.
using namespace thorax;
using namespace thorax::diagnosis;

namespace {

struct whole : chain<relu> {};
struct faulty : chain<relu, halve_channels, halve_channels> {};
using never = repeat<0, relu>;
struct in_range_layer : relu {
  static constexpr bool in_range = true;
};
using keeps = append<conv2d<4, kernel<3>>>;
using deep = named<"outer", named<"inner", halve_channels>>;

}  // namespace

TEST_CASE("layers are told apart by what they consist of", "[graph]")
{
  STATIC_REQUIRE(is_chain<whole>);
  STATIC_REQUIRE(is_append<keeps>);
  STATIC_REQUIRE(is_repeat<repeat<2, relu>>);
  STATIC_REQUIRE(!(is_chain<relu> || is_append<relu> || is_repeat<relu>));
  STATIC_REQUIRE(!(is_chain<keeps> || is_append<whole> || is_repeat<whole> || is_chain<repeat<2, relu>>));
}

TEST_CASE("a network that fits has an empty verdict", "[graph]")
{
  STATIC_REQUIRE(std::is_empty_v<verdict<true, whole, extents{1, 2, 3}>>);
  STATIC_REQUIRE(!std::is_base_of_v<explain<whole, whole, 0, extents{1, 2, 3}>, verdict<true, whole, extents{1, 2, 3}>>);
}

TEST_CASE("a layer of its own is blamed as it stands", "[graph]")
{
  constexpr extents arriving{4, 2, 2};
  STATIC_REQUIRE(std::is_base_of_v<layer_refuses_what_arrives<halve_channels, whole, 3, arriving>,
                                   explain<halve_channels, whole, 3, arriving>>);
}

TEST_CASE("only parameters out of range are blamed for that", "[graph]")
{
  constexpr extents arriving{4, 2, 2};
  STATIC_REQUIRE(is_out_of_range<never>);
  STATIC_REQUIRE(std::is_base_of_v<layer_refuses_what_arrives<in_range_layer, whole, 0, arriving>,
                                   explain<in_range_layer, whole, 0, arriving>>);
}

TEST_CASE("the descent goes through given names to the layer that bears them", "[graph]")
{
  constexpr extents arriving{4, 2, 2};
  STATIC_REQUIRE(std::is_base_of_v<layer_refuses_what_arrives<halve_channels, whole, 1, arriving>,
                                   explain<deep, whole, 1, arriving>>);
}

TEST_CASE("a promise is blamed together with what arrives instead", "[graph]")
{
  constexpr extents arriving{4, 2, 2};
  STATIC_REQUIRE(std::is_base_of_v<yields_is_not_what_arrives<yields<4, 2, 2>, whole, 0, arriving, arriving>,
                                   explain<yields<4, 2, 2>, whole, 0, arriving>>);
}

TEST_CASE("an append whose body fits by itself is blamed for height and width", "[graph]")
{
  constexpr extents arriving{1, 8, 8};
  constexpr extents body{4, 8, 8};
  STATIC_REQUIRE(std::is_base_of_v<body_changes_height_or_width<keeps, whole, 2, arriving, body>,
                                   explain<keeps, whole, 2, arriving>>);
}

TEST_CASE("what the descent follows is the first fault of each chain on its way", "[graph]")
{
  constexpr fault found = faulty::first_fault({6, 1, 1});
  STATIC_REQUIRE(found.position == 2);
  STATIC_REQUIRE(found.arriving == extents{3, 1, 1});
  STATIC_REQUIRE(std::is_same_v<std::tuple_element_t<2, faulty::layers>, halve_channels>);
}
