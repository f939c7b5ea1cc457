// SPDX-License-Identifier: MIT

#include <thorax/train/best_epoch.hpp>

#include "support/catch.hpp"
#include "support/reference_series.hpp"

#include <optional>
#include <vector>

using namespace thorax::tests;
using thorax::best_by;
using thorax::is_better;
using thorax::validation;

namespace {

/// The epochs, counted from 1, that were the best so far when they ended.
std::vector<int> saved(best_by rule, const std::vector<std::vector<validation>>& phases)
{
  std::vector<int> epochs;
  std::optional<validation> best;
  int epoch = 0;
  for (const std::vector<validation>& phase : phases)
    for (const validation& each : phase) {
      ++epoch;
      if (!is_better(rule, each, best)) continue;
      best = each;
      epochs.push_back(epoch);
    }
  return epochs;
}

}  // namespace

TEST_CASE("by accuracy the reference saves what Keras saved, and nothing in its second phase", "[train]")
{
  CHECK(saved(best_by::accuracy, {reference_phase_1, reference_phase_2}) == std::vector<int>{1, 2, 4, 6, 9});
}

TEST_CASE("of equal accuracies the first stays, unless the loss decides", "[train]")
{
  // The second phase begins with the accuracy of the first one's best, and a lower loss.
  CHECK(saved(best_by::accuracy_then_loss, {reference_phase_1, reference_phase_2}) ==
        std::vector<int>{1, 2, 4, 6, 9, 13});
  CHECK(saved(best_by::accuracy_then_loss, {{{1, .5}, {1, .5}, {2, .5}, {9, .6}}}) == std::vector<int>{1, 4});
}

TEST_CASE("by loss accuracies are not looked at", "[train]")
{
  CHECK(saved(best_by::loss, {reference_phase_1, reference_phase_2}) == std::vector<int>{1, 2, 4, 6, 13});
  CHECK(saved(best_by::loss, {{{.5, .1}, {.5, .9}}}) == std::vector<int>{1});
}
