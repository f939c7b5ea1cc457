// SPDX-License-Identifier: MIT

#include <thorax/train/early_stopping.hpp>

#include "support/catch.hpp"
#include "support/reference_series.hpp"
#include "support/refuses.hpp"

#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::early_stopping;
using thorax::error_code;
using thorax::stopping_state;
using thorax::validation;

namespace {

stopping_state behind(const early_stopping& rule, const std::vector<validation>& series)
{
  stopping_state state;
  for (const validation& each : series) {
    CHECK_FALSE(state.stops);  // nothing is left of a series behind its stop
    state = after_epoch(rule, state, each);
  }
  return state;
}

stopping_state behind_losses(int patience, const std::vector<double>& losses, double min_delta = 0)
{
  std::vector<validation> series;
  for (const double loss : losses) series.push_back({loss, 0});
  return behind({.patience = patience, .min_delta = min_delta}, series);
}

}  // namespace

TEST_CASE("the reference's losses stop it after the epochs that Keras reported, and put back the same ones", "[train]")
{
  const stopping_state first = behind({.patience = 6}, reference_phase_1);
  CHECK(first.stops);
  CHECK(first.epochs == 12);
  CHECK(first.best_epoch == 6);
  CHECK(first.best == .4283);
  const stopping_state second = behind({.patience = 6}, reference_phase_2);
  CHECK(second.stops);
  CHECK(second.epochs == 7);
  CHECK(second.best_epoch == 1);
  std::vector<validation> shorter = reference_phase_1;
  shorter.pop_back();
  CHECK_FALSE(behind({.patience = 6}, shorter).stops);
}

TEST_CASE("only what is truly better counts, and the first of equals is put back", "[train]")
{
  const stopping_state state = behind_losses(2, {1, .5, .5, .5});
  CHECK(state.stops);
  CHECK(state.best_epoch == 2);
  CHECK_FALSE(behind_losses(2, {1, .5, .5, .4, .4}).stops);
  CHECK(behind_losses(2, {1, .75, .75}, .25).stops);
}

TEST_CASE("it says after each epoch whether that one would be put back", "[train]")
{
  CHECK_FALSE(stopping_state{}.is_best());
  CHECK(behind_losses(3, {1}).is_best());
  CHECK_FALSE(behind_losses(3, {1, 2}).is_best());
  CHECK(behind_losses(3, {1, 2, .5}).is_best());
}

TEST_CASE("without patience the first epoch that is no better stops, but never the first of all", "[train]")
{
  CHECK_FALSE(behind_losses(0, {1}).stops);
  CHECK_FALSE(behind_losses(0, {1, .5}).stops);
  CHECK(behind_losses(0, {1, 1}).stops);
}

TEST_CASE("by accuracy the reference would have put back other epochs", "[train]")
{
  const early_stopping rule{.watched = thorax::monitor::validation_accuracy, .patience = 6};
  CHECK(behind(rule, reference_phase_1).best_epoch == 9);
  CHECK_FALSE(behind(rule, reference_phase_1).stops);
}

TEST_CASE("a stopping rule that makes no sense is refused", "[train]")
{
  ensure_usable(early_stopping{});
  const auto refused = [](const early_stopping& rule) {
    return refuses(error_code::wrong_usage, "early stopping: expected a patience", [&] { ensure_usable(rule); });
  };
  CHECK(refused({.patience = -1}));
  CHECK(refused({.min_delta = -1}));
  CHECK(refused({.min_delta = std::numeric_limits<double>::quiet_NaN()}));
}
