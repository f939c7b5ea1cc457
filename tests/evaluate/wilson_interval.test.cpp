// SPDX-License-Identifier: MIT

#include <thorax/evaluate/wilson_interval.hpp>

#include "support/catch.hpp"

#include <cmath>

TEST_CASE("published proportions have their published intervals", "[evaluate]")
{
  const thorax::interval convnext = thorax::wilson_interval(570, 624);
  CHECK(std::abs(convnext.low - 0.889) < 5e-4);
  CHECK(std::abs(convnext.high - 0.933) < 5e-4);
  const thorax::interval densenet = thorax::wilson_interval(442, 524);
  CHECK(std::abs(densenet.low - 0.810) < 5e-4);
  CHECK(std::abs(densenet.high - 0.872) < 5e-4);
}

TEST_CASE("the ends of an interval solve Wilson's equation", "[evaluate]")
{
  // |p - q| = z·sqrt(q(1 - q)/n) at both ends q.
  for (const int successes : {1, 7, 20, 39}) {
    const thorax::interval found = thorax::wilson_interval(successes, 40);
    for (const double q : {found.low, found.high})
      CHECK(std::abs(std::abs(successes / 40.0 - q) - 1.959963984540054 * std::sqrt(q * (1 - q) / 40)) < 1e-12);
  }
}

TEST_CASE("an interval holds its proportion and stays within 0 and 1", "[evaluate]")
{
  const thorax::interval none = thorax::wilson_interval(0, 10);
  CHECK(none.low == 0);
  CHECK(none.high > 0.2);
  const thorax::interval all = thorax::wilson_interval(10, 10);
  CHECK(all.high == 1);
  CHECK(all.low < 0.8);
  CHECK(std::abs(all.low - (1 - none.high)) < 1e-15);
}

TEST_CASE("counts that make no proportion are refused", "[evaluate]")
{
  CHECK_THROWS_AS(thorax::wilson_interval(0, 0), thorax::error);
  CHECK_THROWS_AS(thorax::wilson_interval(-1, 5), thorax::error);
  CHECK_THROWS_AS(thorax::wilson_interval(6, 5), thorax::error);
}
