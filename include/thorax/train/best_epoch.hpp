// SPDX-License-Identifier: MIT
//
// best_epoch: which epoch of a run is the best so far. As Keras' ModelCheckpoint with save_best_only, it compares
// across phases: a second phase must beat the first.

#pragma once

#include <thorax/train/history.hpp>  // validation

#include <optional>

namespace thorax {

enum class best_by {
  accuracy_then_loss,  ///< the highest accuracy; of equals the lowest loss
  accuracy,            ///< the highest accuracy, as ModelCheckpoint(monitor="val_accuracy"); of equals the first
  loss                 ///< the lowest loss, as ModelCheckpoint(monitor="val_loss"); of equals the first
};

/// returns:  whether it is better than the best so far; the first is better than none
constexpr bool is_better(best_by rule, const validation& measured, const std::optional<validation>& best)
{
  if (!best) return true;
  if (rule == best_by::loss) return measured.loss < best->loss;
  if (rule == best_by::accuracy_then_loss && measured.accuracy == best->accuracy) return measured.loss < best->loss;
  return measured.accuracy > best->accuracy;
}

}  // namespace thorax
