// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/update.hpp>

#include "support/random_maps.hpp"

#include <cmath>  // sqrt
#include <span>
#include <vector>

using namespace thorax::tests;
using thorax::adam_step;
using thorax::reference_update;

TEST_CASE("two steps of Adam are those worked out by hand, epsilon outside the correction", "[backend]")
{
  // An epsilon as large as the moments, so that its place shows. g = 2, then g = −1.
  std::vector<double> parameter{1};
  std::vector<double> first{0};
  std::vector<double> second{0};
  const auto step = [&](double slope, std::int64_t number) {
    const std::vector<double> gradient{slope};
    reference_update::adam({}, std::span{parameter}, gradient, first, second, {0.1, 0.9, 0.99, 0.5, number});
  };
  step(2, 1);
  // m = 0.2, v = 0.04: rate = 0.1 · sqrt(0.01) / 0.1 = 0.1, step = 0.1 · 0.2 / (0.2 + 0.5)
  const double after_one = 1 - 0.02 / 0.7;
  CHECK(std::abs(first[0] - 0.2) < 1e-15);
  CHECK(std::abs(second[0] - 0.04) < 1e-15);
  CHECK(std::abs(parameter[0] - after_one) < 1e-15);
  step(-1, 2);
  // m = 0.9 · 0.2 − 0.1 = 0.08, v = 0.99 · 0.04 + 0.01 = 0.0496, rate = 0.1 · sqrt(1 − 0.9801) / (1 − 0.81)
  const double rate = 0.1 * std::sqrt(0.0199) / 0.19;
  CHECK(std::abs(first[0] - 0.08) < 1e-15);
  CHECK(std::abs(second[0] - 0.0496) < 1e-15);
  CHECK(std::abs(parameter[0] - (after_one - rate * 0.08 / (std::sqrt(0.0496) + 0.5))) < 1e-15);
}

TEST_CASE("the first step of Adam is the learning rate, whatever the size of the gradient", "[backend]")
{
  for (const double slope : {1e-2, 1.0, 1e4}) {
    std::vector<double> parameter{0};
    std::vector<double> first{0};
    std::vector<double> second{0};
    const std::vector<double> gradient{slope};
    reference_update::adam({}, std::span{parameter}, gradient, first, second, adam_step{.learning_rate = 1e-4});
    CHECK(std::abs(parameter[0] + 1e-4) < 1e-7);
  }
}

TEST_CASE("Adam refuses moments of another size and a step 0", "[backend]")
{
  std::vector<double> one{0};
  std::vector<double> two{0, 0};
  CHECK_THROWS_AS(reference_update::adam({}, std::span{one}, one, one, two, {}), thorax::error);
  CHECK_THROWS_AS(reference_update::adam({}, std::span{one}, one, one, one, adam_step{.step = 0}), thorax::error);
}
