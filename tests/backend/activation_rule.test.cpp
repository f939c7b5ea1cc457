// SPDX-License-Identifier: MIT
#include <thorax/backend/activation_rule.hpp>

#include "support/catch.hpp"

#include <limits>

using thorax::activation_rule;

TEST_CASE("a rule scales, shifts, then cuts, and what is null does nothing", "[backend]")
{
  const float scale[]{2, -3};
  const float shift[]{1, 1};
  CHECK(activation_rule<float>{scale, shift, false}(5, 1) == -14);
  CHECK(activation_rule<float>{scale, shift, true}(5, 1) == 0);
  CHECK(activation_rule<float>{scale, nullptr, false}(5, 0) == 10);
  CHECK(activation_rule<float>{nullptr, shift, false}(5, 0) == 6);
  CHECK(activation_rule<float>{nullptr, nullptr, true}(-5, 0) == 0);
  CHECK(activation_rule<float>{}(-5, 0) == -5);
}

TEST_CASE("only a rule without any part is the identity", "[backend]")
{
  const float one[]{1};
  CHECK(activation_rule<float>{}.is_identity());
  CHECK_FALSE(activation_rule<float>{one, nullptr, false}.is_identity());
  CHECK_FALSE(activation_rule<float>{nullptr, one, false}.is_identity());
  CHECK_FALSE(activation_rule<float>{nullptr, nullptr, true}.is_identity());
}

TEST_CASE("a ReLU does not hide a NaN", "[backend]")
{
  const float result = activation_rule<float>{nullptr, nullptr, true}(std::numeric_limits<float>::quiet_NaN(), 0);
  CHECK(result != result);
}
