// SPDX-License-Identifier: MIT

#include <thorax/model/golden_sample.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

using thorax::error_code;
using thorax::golden_sample;

TEST_CASE("the golden input is the same on every machine", "[model]")
{
  // Computed from the written definition by a separate program with integers of any size.
  std::array<float, 4> input{};
  thorax::fill_golden_input(7, input);
  CHECK(input == std::array{0.8860327005386353F, 0.5988173484802246F, 0.19749729335308075F, 0.41693922877311707F});
  std::array<float, 2> shorter{};
  thorax::fill_golden_input(7, shorter);
  CHECK(shorter == std::array{input[0], input[1]});
  thorax::fill_golden_input(8, shorter);
  CHECK(shorter[0] != input[0]);
}

TEST_CASE("the golden input looks like a preprocessed film: around zero, within two deviations", "[model]")
{
  std::vector<float> input(100'000);
  thorax::fill_golden_input(1, input);
  double sum = 0;
  for (const float number : input) {
    REQUIRE(number >= -2.0F);
    REQUIRE(number <= 2.0F);
    sum += static_cast<double>(number);
  }
  CHECK(sum / 100'000 < 0.02);
  CHECK(sum / 100'000 > -0.02);
}

TEST_CASE("logits within the tolerance pass, others are refused by number", "[model]")
{
  const golden_sample golden{7, {1.0F, -2.0F}, 0.001};
  thorax::check_golden(golden, std::array{1.0009F, -2.0009F}, "'x'");
  CHECK(
    refuses(error_code::does_not_fit, "'x': golden sample: logit 1: expected -2 within 0.001, found -2.0011", [&] {
      thorax::check_golden(golden, std::array{1.0F, -2.0011F}, "'x'");
    }));
  CHECK(refuses(error_code::does_not_fit, "logit 0", [&] {
    thorax::check_golden(golden, std::array{std::numeric_limits<float>::quiet_NaN(), -2.0F}, "'x'");
  }));
  CHECK(refuses(error_code::does_not_fit, "has 2 logits, the network gives 3", [&] {
    thorax::check_golden(golden, std::array{1.0F, -2.0F, 0.0F}, "'x'");
  }));
}
