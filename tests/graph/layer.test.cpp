// SPDX-License-Identifier: MIT

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

using namespace thorax;

namespace {

struct doubles_channels {
  static constexpr bool accepts(extents in) { return in.channels > 0; }
  static constexpr extents output(extents in) { return {2 * in.channels, in.height, in.width}; }
};

struct only_accepts {
  static constexpr bool accepts(extents) { return true; }
};

struct only_makes {
  static constexpr extents output(extents in) { return in; }
};

struct makes_a_number {
  static constexpr bool accepts(extents) { return true; }
  static constexpr int output(extents in) { return in.channels; }
};

struct needs_an_object {
  bool accepts(extents) const { return true; }
  extents output(extents in) const { return in; }
};

struct says_no : doubles_channels {
  static constexpr bool in_range = false;
};

struct says_yes : doubles_channels {
  static constexpr bool in_range = true;
};

}  // namespace

TEST_CASE("a layer says of extents whether it accepts them and what it makes of them", "[graph]")
{
  STATIC_REQUIRE(layer<doubles_channels>);
  STATIC_REQUIRE(!layer<only_accepts>);
  STATIC_REQUIRE(!layer<only_makes>);
  STATIC_REQUIRE(!layer<makes_a_number>);
  STATIC_REQUIRE(!layer<needs_an_object>);
  STATIC_REQUIRE(!layer<int>);
}

TEST_CASE("a fault exists when it has a position", "[graph]")
{
  STATIC_REQUIRE(!fault{}.exists());
  STATIC_REQUIRE(fault{0, {1, 2, 3}}.exists());
  CHECK(fault{4, {1, 2, 3}}.arriving == extents{1, 2, 3});
}

TEST_CASE("windows are written in words", "[graph]")
{
  STATIC_REQUIRE(kernel<7>::value == 7);
  STATIC_REQUIRE(stride<2>::value == 2);
  STATIC_REQUIRE(padding<0>::value == 0);
  STATIC_REQUIRE(padding<3>::value == 3);
}

TEST_CASE("a layer is out of range only if it says so", "[graph]")
{
  STATIC_REQUIRE(is_out_of_range<says_no>);
  STATIC_REQUIRE(!is_out_of_range<says_yes>);
  STATIC_REQUIRE(!is_out_of_range<doubles_channels>);
}
