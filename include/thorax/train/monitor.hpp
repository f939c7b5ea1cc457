// SPDX-License-Identifier: MIT
//
// monitor: which number of a validation a rule of training watches, and when it has become better.

#pragma once

#include <thorax/train/history.hpp>  // validation

#include <optional>

namespace thorax {

enum class monitor { validation_loss, validation_accuracy };

/// returns:  the number that is watched, turned so that lower is better
constexpr double lower_is_better(monitor watched, const validation& measured)
{
  return watched == monitor::validation_loss ? measured.loss : -measured.accuracy;
}

/// Keras' rule. The first value is always better than none; later ones must be better by more than `min_delta`, so
/// the first of equals stays.
constexpr bool improves(double value, const std::optional<double>& best, double min_delta)
{
  return !best || value + min_delta < *best;
}

}  // namespace thorax
