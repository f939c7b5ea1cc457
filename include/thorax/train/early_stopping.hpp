// SPDX-License-Identifier: MIT
//
// early_stopping: a phase ends when validation has not become better for some epochs, and its best weights are put
// back; Keras' EarlyStopping with restore_best_weights as a pure function of what validation measured.

#pragma once

#include <thorax/base/ensure.hpp>    // ensure
#include <thorax/train/monitor.hpp>  // monitor, improves

#include <optional>
#include <string>

namespace thorax {

struct early_stopping {
  monitor watched{monitor::validation_loss};
  int patience{6};     ///< epochs without improvement after which the phase ends
  double min_delta{};  ///< what is better by no more than this is no improvement

  friend bool operator==(const early_stopping&, const early_stopping&) = default;
};

/// What the rule makes of the epochs so far.
struct stopping_state {
  std::optional<double> best{};
  int epochs{};      ///< seen
  int best_epoch{};  ///< counts from 1; its weights are put back when the phase ends, however it ends
  int waited{};
  bool stops{};

  /// Whether the last epoch is the one whose weights would be put back.
  [[nodiscard]] constexpr bool is_best() const { return epochs > 0 && best_epoch == epochs; }

  friend bool operator==(const stopping_state&, const stopping_state&) = default;
};

/// throws:  error{wrong_usage} for numbers below 0
inline void ensure_usable(const early_stopping& rule)
{
  ensure(rule.patience >= 0 && rule.min_delta >= 0, error_code::wrong_usage, [&] {
    return "early stopping: expected a patience and a least difference of 0 or more, found " +
           std::to_string(rule.patience) + " and " + std::to_string(rule.min_delta) + "; 6 and 0 are usual";
  });
}

/// returns:  the state after one more epoch. The first epoch never stops a phase.
constexpr stopping_state after_epoch(const early_stopping& rule, stopping_state state, const validation& measured)
{
  const double value = lower_is_better(rule.watched, measured);
  ++state.epochs;
  ++state.waited;
  if (improves(value, state.best, rule.min_delta)) {
    state.best = value;
    state.best_epoch = state.epochs;
    state.waited = 0;
    return state;
  }
  state.stops = state.stops || (state.waited >= rule.patience && state.epochs > 1);
  return state;
}

}  // namespace thorax
