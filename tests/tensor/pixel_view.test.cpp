// SPDX-License-Identifier: MIT
#include <thorax/tensor/pixel_view.hpp>

#include "support/catch.hpp"

#include <numeric>
#include <type_traits>
#include <vector>

using thorax::extents;
using thorax::pixel_view;
using thorax::view;

namespace {

std::vector<float> counted(std::size_t size)
{
  std::vector<float> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0.0F);
  return numbers;
}

// What may be written may be read, and not the other way round.
static_assert(std::is_convertible_v<pixel_view<float>, pixel_view<const float>>);
static_assert(!std::is_convertible_v<pixel_view<const float>, pixel_view<float>>);

}  // namespace

TEST_CASE("a pixel view finds each number at (y * W + x) * stride + c", "[tensor]")
{
  std::vector<float> numbers = counted(2 * 3 * 7);
  const pixel_view<float> maps{numbers.data() + 2, {4, 2, 3}, 7};  // channels 2 to 5 of seven
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x)
      for (int c = 0; c < 4; ++c) CHECK(maps(c, y, x) == static_cast<float>((3 * y + x) * 7 + c + 2));
  CHECK(maps.pixel(1, 2) == maps.pixel(5));
  CHECK(maps.pixel(5) == numbers.data() + 37);
}

TEST_CASE("what is written through a pixel view is read through its constant twin", "[tensor]")
{
  std::vector<float> numbers(12);
  const pixel_view<float> maps{numbers.data(), {3, 2, 2}, 3};
  const pixel_view<const float> seen = maps;
  maps(2, 1, 0) = 5;
  CHECK(seen(2, 1, 0) == 5);
  CHECK(numbers[8] == 5);
  CHECK(seen.shape == extents{3, 2, 2});
  CHECK(seen.stride == 3);
}

TEST_CASE("a film that is interleaved has its channels side by side, in a slice, and nothing else changes",
          "[tensor]")
{
  std::vector<float> film = counted(2 * 2 * 3);
  std::vector<float> buffer(6 * 5, -1.0F);
  const pixel_view<float> maps{buffer.data() + 1, {2, 2, 3}, 5};
  interleave(view<float>::packed(film.data(), 1, {2, 2, 3}), maps);
  for (std::size_t p = 0; p < 6; ++p)
    CHECK(std::vector<float>(buffer.begin() + static_cast<std::ptrdiff_t>(5 * p),
                             buffer.begin() + static_cast<std::ptrdiff_t>(5 * p + 5)) ==
          std::vector<float>{-1, film[p], film[6 + p], -1, -1});
}

TEST_CASE("what was interleaved and separated is what it was", "[tensor]")
{
  std::vector<float> film = counted(3 * 4 * 5);
  std::vector<float> buffer(20 * 8);
  std::vector<float> again(film.size());
  const pixel_view<float> maps{buffer.data() + 4, {3, 4, 5}, 8};
  interleave(view<float>::packed(film.data(), 1, {3, 4, 5}), maps);
  separate(maps, view<float>::packed(again.data(), 1, {3, 4, 5}));
  CHECK(again == film);
}
