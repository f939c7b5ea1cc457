// SPDX-License-Identifier: MIT
#include <thorax/backend/adam_step.hpp>

#include "support/catch.hpp"

#include <cmath>  // abs, sqrt

TEST_CASE("the rate of a step of Adam is corrected for moments that began at 0", "[backend]")
{
  thorax::adam_step step{.learning_rate = 0.5, .beta1 = 0.9, .beta2 = 0.99};
  CHECK(std::abs(step.corrected_rate() - 0.5 * std::sqrt(0.01) / 0.1) < 1e-14);
  step.step = 2;
  CHECK(std::abs(step.corrected_rate() - 0.5 * std::sqrt(1 - 0.9801) / 0.19) < 1e-14);
  step.step = 1'000'000;
  CHECK(step.corrected_rate() == 0.5);
}

TEST_CASE("Adam's defaults are Keras'", "[backend]")
{
  const thorax::adam_step step;
  CHECK(step.learning_rate == 1e-3);
  CHECK(step.beta1 == 0.9);
  CHECK(step.beta2 == 0.999);
  CHECK(step.epsilon == 1e-7);
}
