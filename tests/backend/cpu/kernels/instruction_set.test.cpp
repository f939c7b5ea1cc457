// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/instruction_set.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace kernels = thorax::kernels;
using kernels::native;

namespace {

constexpr int lanes = kernels::lanes<native>;
const float unknown = std::numeric_limits<float>::quiet_NaN();

std::vector<float> counted(int size)
{
  std::vector<float> numbers(static_cast<std::size_t>(size));
  std::iota(numbers.begin(), numbers.end(), 1.0F);
  return numbers;
}

std::vector<float> numbers_in(const kernels::vec<native>& found)
{
  std::vector<float> numbers(static_cast<std::size_t>(lanes));
  kernels::store<native>(numbers.data(), found);
  return numbers;
}

}  // namespace

TEST_CASE("a vector of a part of it reads that and then has zeros", "[backend]")
{
  for (int count = -1; count <= lanes + 1; ++count) {
    INFO(count << " of " << lanes);
    const int there = std::clamp(count, 0, lanes);
    const std::vector<float> memory = counted(there);  // a sanitizer sees what is read behind it
    std::vector<float> expected = memory;
    expected.resize(static_cast<std::size_t>(lanes));
    CHECK(numbers_in(kernels::load_some<native>(memory.data(), count)) == expected);
  }
}

TEST_CASE("of a vector that is written in part nothing else is written", "[backend]")
{
  const auto all = kernels::load<native>(counted(lanes).data());
  for (int count = -1; count <= lanes; ++count) {
    INFO(count << " of " << lanes);
    std::vector<float> expected = counted(std::max(count, 0));
    expected.resize(static_cast<std::size_t>(lanes + 3), -1);
    std::vector<float> found(static_cast<std::size_t>(lanes + 3), -1);
    kernels::store_some<native>(found.data(), all, count);
    CHECK(found == expected);
  }
}

TEST_CASE("the bound of a vector does not hide what is not a number", "[backend]")
{
  std::vector<float> numbers = counted(lanes);
  numbers[0] = unknown;
  numbers[1] = -5;
  const std::vector<float> found =
    numbers_in(kernels::at_least<native>(kernels::broadcast<native>(2), kernels::load<native>(numbers.data())));
  CHECK(std::isnan(found[0]));
  CHECK(found[1] == 2);
  CHECK(found[2] == 3);
  const float lowest = -std::numeric_limits<float>::infinity();
  CHECK(
    numbers_in(kernels::at_least<native>(kernels::broadcast<native>(lowest), kernels::broadcast<native>(-7))) ==
    std::vector<float>(static_cast<std::size_t>(lanes), -7));
}

TEST_CASE("a register tile and what it needs fit into 32 or 16 registers", "[backend]")
{
  CHECK(kernels::columns<native> == 2 * lanes);
  CHECK(2 * native::rows + 3 <= (native::rows > 6 ? 32 : 16));
  CHECK(native::numbers == 1);
}

TEST_CASE("unrolled work is done once for each number in order", "[backend]")
{
  std::vector<int> seen;
  kernels::unrolled<5>([&](int i) { seen.push_back(i); });
  CHECK(seen == std::vector<int>{0, 1, 2, 3, 4});
}

#if defined(__AVX512BF16__)
TEST_CASE("two vectors joined to pairs are multiplied as if their numbers were side by side", "[backend]")
{
  using pairs = native::pairs;
  const auto small = kernels::load<native>(counted(lanes).data());  // up to 16: exact in bfloat16
  const auto joined = pairs::join(small, kernels::broadcast<native>(3));
  // Each lane now has two neighbors of the thirty-two numbers: 1 2 / 3 4 / … / 3 3.
  const auto sums = numbers_in(pairs::multiply_add(joined, pairs::join(kernels::broadcast<native>(1), small),
                                                   kernels::broadcast<native>(100)));
  for (int i = 0; i < lanes / 2; ++i)
    CHECK(sums[static_cast<std::size_t>(i)] == static_cast<float>(100 + 4 * i + 3));
  for (int i = 0; i < lanes / 2; ++i)
    CHECK(sums[static_cast<std::size_t>(lanes / 2 + i)] == static_cast<float>(100 + 3 * (4 * i + 3)));
}
#endif
