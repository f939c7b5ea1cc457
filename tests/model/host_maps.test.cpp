// SPDX-License-Identifier: MIT
#include <thorax/model/host_maps.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"

#include <vector>

using thorax::extents;
using thorax::host_maps;
using thorax::view;
using thorax::tests::other_memory;

namespace {

constexpr extents shape{1, 1, 2};

/// Two samples of two numbers, three numbers apart.
view<float> apart(std::vector<float>& numbers) { return {numbers.data(), 2, shape, 3}; }

}  // namespace

TEST_CASE("maps that lie on the host are given as they lie", "[model]")
{
  std::vector<float> numbers{1, 2, 0, 3, 4};
  host_maps<thorax::host_memory, float> seen{apart(numbers)};
  CHECK((*seen).data == numbers.data());
  CHECK((*seen).sample_stride == 3);
  (*seen)(1, 0, 0, 1) = 9;
  seen.put_back();
  CHECK(numbers == std::vector<float>{1, 2, 0, 3, 9});
}

TEST_CASE("other maps are copied sample by sample, and put back when somebody says so", "[model]")
{
  std::vector<float> numbers(5);
  const std::vector<float> said{1, 2, 0, 3, 4};
  other_memory::copy_in(said.data(), 5, numbers.data());
  host_maps<other_memory, float> seen{apart(numbers)};
  CHECK((*seen)(0, 0, 0, 1) == 2);
  CHECK((*seen)(1, 0, 0, 0) == 3);
  (*seen)(1, 0, 0, 1) = 9;
  CHECK(numbers[4] == other_memory::turned(4));
  seen.put_back();
  CHECK(numbers[4] == other_memory::turned(9));
  CHECK(numbers[2] == other_memory::turned(0));
  CHECK((*host_maps<other_memory, const float>{apart(numbers)})(1, 0, 0, 1) == 9);
}
