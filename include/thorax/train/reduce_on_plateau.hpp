// SPDX-License-Identifier: MIT
//
// reduce_on_plateau: the learning rate falls when validation has not become better for some epochs; Keras'
// ReduceLROnPlateau as a pure function of what validation measured.

#pragma once

#include <thorax/base/ensure.hpp>    // ensure
#include <thorax/train/monitor.hpp>  // monitor, improves

#include <algorithm>  // max
#include <optional>
#include <string>

namespace thorax {

/// The rule, with Keras' defaults.
struct reduce_on_plateau {
  monitor watched{monitor::validation_loss};
  double factor{.1};      ///< of the old rate, from 0 to below 1
  int patience{10};       ///< epochs without improvement before the rate falls
  double min_delta{1e-4}; ///< what is better by no more than this is no improvement
  int cooldown{};         ///< epochs after a fall that are not counted
  double min_rate{};      ///< never below

  friend bool operator==(const reduce_on_plateau&, const reduce_on_plateau&) = default;
};

/// What the rule makes of the epochs so far.
struct plateau_state {
  double rate{};                 ///< of the next epoch
  std::optional<double> best{};  ///< stays when the rate falls: a lower rate must beat it too
  int waited{};
  int cooling{};

  friend bool operator==(const plateau_state&, const plateau_state&) = default;
};

/// throws:  error{wrong_usage} for a factor that does not lower, no patience, or numbers below 0
inline void ensure_usable(const reduce_on_plateau& rule)
{
  const bool usable = rule.factor >= 0 && rule.factor < 1 && rule.patience >= 1 && rule.min_delta >= 0 &&
                      rule.cooldown >= 0 && rule.min_rate >= 0;
  ensure(usable, error_code::wrong_usage, [&] {
    return "reduce on plateau: expected a factor from 0 to below 1, a patience of at least 1 and nothing below 0, "
           "found the factor " + std::to_string(rule.factor) + " and the patience " + std::to_string(rule.patience) +
           "; 0.3 and 3 are usual";
  });
}

/// returns:  the state after one more epoch; `rate` is lower than before if it has fallen
constexpr plateau_state after_epoch(const reduce_on_plateau& rule, plateau_state state, const validation& measured)
{
  const double value = lower_is_better(rule.watched, measured);
  if (state.cooling > 0) {
    --state.cooling;
    state.waited = 0;
  }
  if (improves(value, state.best, rule.min_delta)) {
    state.best = value;
    state.waited = 0;
    return state;
  }
  if (state.cooling > 0) return state;
  ++state.waited;
  if (state.waited < rule.patience || state.rate <= rule.min_rate) return state;
  state.rate = std::max(state.rate * rule.factor, rule.min_rate);
  state.cooling = rule.cooldown;
  state.waited = 0;
  return state;
}

}  // namespace thorax
