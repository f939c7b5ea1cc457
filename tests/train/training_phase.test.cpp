// SPDX-License-Identifier: MIT

#include <thorax/train/training_phase.hpp>

#include "support/catch.hpp"
#include "support/reference_series.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::epoch_record;
using thorax::error_code;
using thorax::phase_status;
using thorax::training_phase;

namespace {

const training_phase keras_phase{.epochs = 30, .learning_rate = 1e-4,
                                 .plateau = thorax::reduce_on_plateau{.factor = .3, .patience = 3, .min_rate = 1e-7},
                                 .stop = thorax::early_stopping{.patience = 6}};

std::vector<epoch_record> history_of(const std::vector<thorax::validation>& series, int phase)
{
  std::vector<epoch_record> history;
  for (const thorax::validation& each : series)
    history.push_back({phase, static_cast<int>(history.size()) + 1, 0, 0, 0, each.loss, each.accuracy, 0});
  return history;
}

}  // namespace

TEST_CASE("the last epoch of the reference's first phase both lowers the rate and stops", "[train]")
{
  phase_status status = beginning_of(keras_phase);
  for (const thorax::validation& each : reference_phase_1) {
    CHECK_FALSE(is_over(keras_phase, status));
    status = after_epoch(keras_phase, status, each);
  }
  CHECK(is_over(keras_phase, status));
  CHECK(status.epochs == 12);
  CHECK(std::abs(status.plateau.rate - 9e-6) < 1e-18);
  CHECK(status.stopping.best_epoch == 6);
}

TEST_CASE("the status follows from the history, of which other phases are not looked at", "[train]")
{
  std::vector<epoch_record> history = history_of(reference_phase_1, 1);
  const std::vector<epoch_record> later = history_of(reference_phase_2, 2);
  history.insert(history.end(), later.begin(), later.end());
  phase_status first = beginning_of(keras_phase), second = first;
  for (const thorax::validation& each : reference_phase_1) first = after_epoch(keras_phase, first, each);
  for (const thorax::validation& each : reference_phase_2) second = after_epoch(keras_phase, second, each);
  CHECK(status_of(keras_phase, 1, history) == first);
  CHECK(status_of(keras_phase, 2, history) == second);
  CHECK(status_of(keras_phase, 3, history) == beginning_of(keras_phase));
}

TEST_CASE("without rules a phase has its epochs and its rate", "[train]")
{
  const training_phase phase{.epochs = 2, .learning_rate = .5};
  phase_status status = beginning_of(phase);
  CHECK(learning_rate(phase, status, 3, 4) == .5);
  status = after_epoch(phase, status, {1, 0});
  CHECK_FALSE(is_over(phase, status));
  CHECK(learning_rate(phase, status, 0, 4) == .5);
  CHECK(is_over(phase, after_epoch(phase, status, {1, 0})));
}

TEST_CASE("a warm-up gives the first of n batches one nth of the rate, and the last all of it", "[train]")
{
  const training_phase phase{.epochs = 3, .learning_rate = 8, .warmup_epochs = 1};
  const phase_status begun = beginning_of(phase);
  CHECK(learning_rate(phase, begun, 0, 4) == 2);
  CHECK(learning_rate(phase, begun, 1, 4) == 4);
  CHECK(learning_rate(phase, begun, 3, 4) == 8);
  CHECK(learning_rate(phase, after_epoch(phase, begun, {1, 0}), 0, 4) == 8);
  const training_phase half{.epochs = 3, .learning_rate = 8, .warmup_epochs = .5};
  CHECK(learning_rate(half, beginning_of(half), 0, 4) == 4);
  CHECK(learning_rate(half, beginning_of(half), 1, 4) == 8);
  CHECK(learning_rate(half, beginning_of(half), 2, 4) == 8);
}

TEST_CASE("a phase that could not be trained is refused by what it trains", "[train]")
{
  const auto refused = [](const std::string& words, const training_phase& phase) {
    return refuses(error_code::wrong_usage, words, [&] { ensure_usable(phase); });
  };
  ensure_usable(keras_phase);
  CHECK(refused("the phase that trains 'classifier': expected at least 1 epoch, found 0",
                {.trains = "classifier", .epochs = 0}));
  CHECK(refused("a warm-up from 0 to below its 2 epochs, found 2.0", {.epochs = 2, .warmup_epochs = 2}));
  CHECK(refused("a warm-up", {.epochs = 2, .warmup_epochs = -1}));
  CHECK(refused("a warm-up", {.epochs = 2, .warmup_epochs = std::numeric_limits<double>::quiet_NaN()}));
  CHECK(refused("found a cosine and a plateau; choose one",
                {.cosine = true, .plateau = thorax::reduce_on_plateau{}}));
  CHECK(refused("reduce on plateau", {.plateau = thorax::reduce_on_plateau{.factor = 2}}));
  CHECK(refused("early stopping", {.stop = thorax::early_stopping{.patience = -1}}));
}
