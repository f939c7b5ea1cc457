// SPDX-License-Identifier: MIT
#include <thorax/train/step_report.hpp>

#include "support/catch.hpp"

#include <vector>

TEST_CASE("a film is correct if its largest logit is its finding, wherever the samples lie", "[train]")
{
  const std::vector<float> logits{1, 3, 2, 99, 5, 4, 3, 99, 0, 0, 1};
  const thorax::view<const float> seen{logits.data(), 3, {3, 1, 1}, 4};
  CHECK(thorax::count_correct(seen, std::vector<int>{1, 0, 2}) == 3);
  CHECK(thorax::count_correct(seen, std::vector<int>{1, 1, 0}) == 1);
}
