// SPDX-License-Identifier: MIT

#include <thorax/model/softmax_at.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <limits>
#include <vector>

TEST_CASE("softmax at a temperature is worked out by hand", "[model]")
{
  const float l = std::log(3.0F);
  const std::vector<float> half = thorax::softmax_at(std::vector<float>{2 * l, 0}, 2);
  CHECK(std::abs(half[0] - 0.75F) < 1e-6F);
  CHECK(std::abs(half[1] - 0.25F) < 1e-6F);
  CHECK(thorax::softmax_at(std::vector<float>{7, 7}, 0.001) == std::vector<float>{0.5F, 0.5F});
  CHECK(thorax::softmax_at(std::vector<float>{3e38F, -3e38F}, 1e-300) == std::vector<float>{1, 0});
  CHECK(thorax::softmax_at(std::vector<float>{1, -1, 0, 0}, 1e300) == std::vector<float>(4, 0.25F));
  CHECK(thorax::softmax_at(std::vector<float>{}, 1).empty());
}

TEST_CASE("what cannot be a temperature is refused, and so is a logit that is no number", "[model]")
{
  const float infinity = std::numeric_limits<float>::infinity();
  for (const double temperature : {0.0, -1.0, double{infinity}, std::numeric_limits<double>::quiet_NaN()})
    CHECK(refuses(thorax::error_code::does_not_fit, "expected a finite number above 0; 1 changes nothing", [&] {
      thorax::softmax_at(std::vector<float>{1, 2}, temperature);
    }));
  CHECK(refuses(thorax::error_code::number_not_finite, "a logit is infinite or not a number", [&] {
    thorax::softmax_at(std::vector<float>{infinity, 0}, 2);
  }));
}

TEST_CASE("written into numbers, a logit that is no number makes all of them none", "[model]")
{
  std::vector<float> probabilities(3);
  thorax::softmax_at(std::vector<float>{1, std::numeric_limits<float>::quiet_NaN(), 2}, 2, probabilities);
  for (const float each : probabilities) CHECK(std::isnan(each));
  thorax::softmax_at(std::vector<float>{0, 0, 0}, 2, probabilities);
  for (const float each : probabilities) CHECK(each == 1.0F / 3);
}
