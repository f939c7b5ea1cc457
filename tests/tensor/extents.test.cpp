// SPDX-License-Identifier: MIT

#include <thorax/tensor/extents.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace {

using thorax::extents;

template<extents Shape>
struct shaped {
  static constexpr std::size_t size = Shape.size();
};

// A shape is a structural value: equal shapes make the same type.
static_assert(shaped<extents{64, 75, 75}>::size == 360'000);
static_assert(std::is_same_v<shaped<extents{3, 2, 1}>, shaped<extents{3, 2, 1}>>);
static_assert(!std::is_same_v<shaped<extents{3, 2, 1}>, shaped<extents{3, 1, 2}>>);

}  // namespace

TEST_CASE("extents are channels, height and width, in that order", "[tensor]")
{
  constexpr extents shape{1920, 9, 7};
  CHECK(shape.channels == 1920);
  CHECK(shape.height == 9);
  CHECK(shape.width == 7);
  CHECK(shape.pixels() == 63);
  CHECK(shape.size() == 120'960);
}

TEST_CASE("extents are equal if all three are", "[tensor]")
{
  const extents shape{2, 3, 4};
  CHECK(shape == extents{2, 3, 4});
  CHECK_FALSE(shape == extents{1, 3, 4});
  CHECK_FALSE(shape == extents{2, 4, 3});
  CHECK(shape != extents{2, 3, 5});
}

TEST_CASE("sizes beyond 32 bits are counted", "[tensor]")
{
  constexpr extents shape{4096, 2048, 2048};
  CHECK(shape.size() == 17'179'869'184U);
  CHECK(extents{1, 65'536, 65'536}.pixels() == 4'294'967'296U);
}

TEST_CASE("extents that nobody set hold no number", "[tensor]")
{
  CHECK(extents{}.size() == 0);
  CHECK(extents{}.pixels() == 0);
}
