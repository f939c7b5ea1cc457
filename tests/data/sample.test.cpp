// SPDX-License-Identifier: MIT
#include <thorax/data/sample.hpp>

#include "support/catch.hpp"

#include <type_traits>

TEST_CASE("a sample owns its pixels, so that a copy changes alone", "[data]")
{
  thorax::sample one{thorax::tensor::from_shape({1, 2, 2}), 1, 7};
  one.pixels.fill(3);
  thorax::sample other = one;
  other.pixels(0, 1, 1) = 4;
  CHECK(one.pixels(0, 1, 1) == 3);
  CHECK(other.finding == 1);
  CHECK(other.index == 7);
  static_assert(std::is_nothrow_move_constructible_v<thorax::labeled_batch>);
}
