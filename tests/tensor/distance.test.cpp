// SPDX-License-Identifier: MIT

#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace {

thorax::distance between(const std::vector<float>& found, const std::vector<double>& expected)
{
  return thorax::distance_between(std::span<const float>{found}, std::span<const double>{expected});
}

bool is_infinite(const thorax::distance& far) { return std::isinf(far.absolute) && std::isinf(far.relative); }

}  // namespace

TEST_CASE("the distance is the largest difference and where it lies", "[tensor]")
{
  const thorax::distance far = between({1, 2.5F, -4, 8}, {1, 2, -5, 8.25});
  CHECK(far.absolute == 1);
  CHECK(far.position == 2);
}

TEST_CASE("the relative distance is measured against the largest expected number", "[tensor]")
{
  CHECK(between({1, 2.5F}, {1, 2}).relative == 0.25);
  CHECK(between({0.5F, -16}, {1, -16}).relative == 0.5 / 16);  // it stands elsewhere, and is negative
  CHECK(between({0.5F, 0}, {0, 0}).relative == 0.5);           // nothing to measure against
}

TEST_CASE("equal sequences have no distance, and neither have empty ones", "[tensor]")
{
  const thorax::distance none = between({1, -2, 3}, {1, -2, 3});
  CHECK(none.absolute == 0);
  CHECK(none.relative == 0);
  CHECK(between({}, {}).absolute == 0);
}

TEST_CASE("of equal differences the first is named", "[tensor]")
{
  CHECK(between({0, 2, 4}, {0, 1, 3}).position == 1);
}

TEST_CASE("a number that is not finite is infinitely far, even from itself", "[tensor]")
{
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const thorax::distance far = between({1, nan, 5}, {1, 2, 3});
  CHECK(is_infinite(far));
  CHECK(far.position == 1);
  CHECK(is_infinite(between({1}, {std::numeric_limits<double>::quiet_NaN()})));
  CHECK(is_infinite(between({infinity}, {infinity})));
  CHECK(is_infinite(between({-infinity}, {0})));
}

TEST_CASE("sequences of different lengths are infinitely far apart", "[tensor]")
{
  CHECK(is_infinite(between({1, 2}, {1, 2, 3})));
  CHECK(is_infinite(between({1}, {})));
}

TEST_CASE("differences are taken in double precision", "[tensor]")
{
  CHECK(between({1}, {1 + 0x1p-40}).absolute == 0x1p-40);
}
