// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/sigmoid.hpp>

#include "support/probability_kernels.hpp"

#include <cmath>  // isnan, log
#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::reference_sigmoid;
using thorax::view;

TEST_CASE("sigmoid gives each number a probability of its own", "[backend]")
{
  const double ln2 = std::log(2.0);
  const std::vector<double> in{0, ln2, -ln2, 2 * ln2};
  std::vector<double> out(4);
  reference_sigmoid::sigmoid({}, view<const double>::packed(in.data(), 1, {2, 1, 2}), {},
                             view<double>::packed(out.data(), 1, {2, 1, 2}));
  check_close("probabilities", out, std::vector<double>{1.0 / 2, 2.0 / 3, 1.0 / 3, 4.0 / 5}, 1e-15);
}

TEST_CASE("sigmoid survives numbers whose exponential is infinite, and passes a NaN on", "[backend]")
{
  std::vector<float> in{1e30F, -1e30F, std::numeric_limits<float>::quiet_NaN()};
  std::vector<float> out(3);
  const auto write = view<float>::packed(out.data(), 1, {3, 1, 1});
  reference_sigmoid::sigmoid({}, view<float>::packed(in.data(), 1, {3, 1, 1}), {}, write);
  CHECK(out[0] == 1);
  CHECK(out[1] == 0);
  CHECK(std::isnan(out[2]));
}

TEST_CASE("sigmoid may overwrite its input", "[backend]")
{
  std::vector<double> numbers{0, 0, 0, 0};
  const auto same = view<double>::packed(numbers.data(), 1, {4, 1, 1});
  reference_sigmoid::sigmoid({}, same, {}, same);
  CHECK(numbers == std::vector<double>(4, 0.5));
}

TEST_CASE("the gradient of sigmoid is what central differences say", "[backend]")
{
  check_gradient_by_differences([](auto&&... a) { reference_sigmoid::sigmoid(a...); },
                                [](auto&&... a) { reference_sigmoid::sigmoid_gradient(a...); });
}
