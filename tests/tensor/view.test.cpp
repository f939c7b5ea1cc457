// SPDX-License-Identifier: MIT

#include <thorax/tensor/view.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <numeric>
#include <type_traits>
#include <vector>

namespace {

using thorax::extents;
using thorax::view;

std::vector<float> counted(std::size_t size)
{
  std::vector<float> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0.0F);
  return numbers;
}

// What may be written may be read, and not the other way round.
static_assert(std::is_convertible_v<view<float>, view<const float>>);
static_assert(!std::is_convertible_v<view<const float>, view<float>>);

}  // namespace

TEST_CASE("a packed view finds each number at ((n * C + c) * H + y) * W + x", "[tensor]")
{
  const extents shape{3, 4, 5};
  std::vector<float> numbers = counted(2 * shape.size());
  const auto maps = view<float>::packed(numbers.data(), 2, shape);
  CHECK(maps.sample_stride == 60);
  for (int n = 0; n < 2; ++n)
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 5; ++x) CHECK(maps(n, c, y, x) == static_cast<float>(((n * 3 + c) * 4 + y) * 5 + x));
  CHECK(maps.sample(1) == numbers.data() + 60);
  CHECK(maps.channel(1, 2) == numbers.data() + 100);
}

TEST_CASE("a slice of channels is a view with the stride of the whole", "[tensor]")
{
  const extents whole{6, 2, 2};
  std::vector<float> numbers = counted(3 * whole.size());
  const view<float> slice{numbers.data() + 2 * 4, 3, {3, 2, 2}, 24};  // channels 2, 3 and 4 of each sample
  for (int n = 0; n < 3; ++n)
    for (int c = 0; c < 3; ++c) CHECK(slice(n, c, 1, 0) == static_cast<float>((n * 6 + c + 2) * 4 + 2));

  slice(2, 0, 0, 1) = -1;
  CHECK(numbers[2 * 24 + 2 * 4 + 1] == -1);
}

TEST_CASE("one sample of a view keeps its place in the buffer", "[tensor]")
{
  std::vector<float> numbers = counted(4 * 12);
  const view<float> slice{numbers.data(), 4, {2, 2, 2}, 12};
  const view<float> third = slice.only(2);
  CHECK(third.samples == 1);
  CHECK(third.shape == slice.shape);
  CHECK(third.sample_stride == 12);
  CHECK(third(0, 1, 0, 1) == slice(2, 1, 0, 1));
  CHECK(third.data == numbers.data() + 24);
}

TEST_CASE("a view for reading shows the same numbers", "[tensor]")
{
  std::vector<float> numbers = counted(8);
  const auto maps = view<float>::packed(numbers.data(), 1, {2, 2, 2});
  const view<const float> read = maps;
  CHECK(read.data == maps.data);
  CHECK(read.sample_stride == maps.sample_stride);
  CHECK(read(0, 1, 1, 1) == 7);
  maps(0, 1, 1, 1) = 70;
  CHECK(read(0, 1, 1, 1) == 70);
}

TEST_CASE("strides beyond 32 bits reach their sample", "[tensor]")
{
  const view<float> far{nullptr, 3, {1, 1, 1}, std::ptrdiff_t{1} << 33};
  CHECK(far.sample_stride * 2 == std::ptrdiff_t{1} << 34);
  const auto large = view<float>::packed(nullptr, 1, {4096, 1024, 1024});
  CHECK(large.sample_stride == std::ptrdiff_t{1} << 32);
}
