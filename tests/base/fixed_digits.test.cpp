// SPDX-License-Identifier: MIT

#include <thorax/base/fixed_digits.hpp>

#include "support/catch.hpp"

#include <limits>

TEST_CASE("fixed digits round from the exact value, ties to even", "[base]")
{
  CHECK(thorax::fixed_digits(0.125, 2) == "0.12");
  CHECK(thorax::fixed_digits(0.375, 2) == "0.38");
  CHECK(thorax::fixed_digits(0.345, 2) == "0.34");  // the double lies below 0.345
  CHECK(thorax::fixed_digits(0.995, 2) == "0.99");
  CHECK(thorax::fixed_digits(1, 2) == "1.00");
  CHECK(thorax::fixed_digits(-2.5, 0) == "-2");
  CHECK(thorax::fixed_digits(std::numeric_limits<double>::max(), 60).size() == 370);
}
