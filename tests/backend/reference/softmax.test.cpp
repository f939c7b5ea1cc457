// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/softmax.hpp>

#include "support/probability_kernels.hpp"

#include <cmath>  // exp, isnan
#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::reference_softmax;
using thorax::view;

TEST_CASE("softmax gives each pixel probabilities over its channels", "[backend]")
{
  const double ln2 = std::log(2.0);
  const std::vector<double> in{0, 5, ln2, 5, ln2 + ln2, 5};  // three channels, two pixels
  std::vector<double> out(6);
  reference_softmax::softmax({}, view<const double>::packed(in.data(), 1, {3, 1, 2}), {},
                             view<double>::packed(out.data(), 1, {3, 1, 2}));
  const std::vector<double> expected{1.0 / 7, 1.0 / 3, 2.0 / 7, 1.0 / 3, 4.0 / 7, 1.0 / 3};
  check_close("probabilities", out, expected, 1e-15);
}

TEST_CASE("softmax survives numbers whose exponential would be infinite, and passes a NaN on", "[backend]")
{
  std::vector<float> in{1000, 1000, -1000};
  std::vector<float> out(3);
  const auto read = view<float>::packed(in.data(), 1, {3, 1, 1});
  const auto write = view<float>::packed(out.data(), 1, {3, 1, 1});
  reference_softmax::softmax({}, read, {}, write);
  CHECK(out == std::vector<float>{0.5F, 0.5F, 0.0F});
  for (std::size_t place = 0; place < 3; ++place) {
    std::vector<float> sick{1, 2, 3};
    sick[place] = std::numeric_limits<float>::quiet_NaN();
    reference_softmax::softmax({}, view<float>::packed(sick.data(), 1, {3, 1, 1}), {}, write);
    for (const float each : out) CHECK(std::isnan(each));
  }
}

TEST_CASE("softmax may overwrite its input", "[backend]")
{
  std::vector<double> numbers{0, 0, 0, 0};
  const auto same = view<double>::packed(numbers.data(), 1, {4, 1, 1});
  reference_softmax::softmax({}, same, {}, same);
  CHECK(numbers == std::vector<double>(4, 0.25));
}

TEST_CASE("the gradient of softmax is what central differences say", "[backend]")
{
  check_gradient_by_differences([](auto&&... a) { reference_softmax::softmax(a...); },
                                [](auto&&... a) { reference_softmax::softmax_gradient(a...); });
}
