// SPDX-License-Identifier: MIT
//
// training_phase: some epochs in which the same part of a network trains, and what the rules of a phase make of the
// epochs so far.

#pragma once

#include <thorax/train/early_stopping.hpp>     // early_stopping, stopping_state
#include <thorax/train/history.hpp>            // epoch_record, validation
#include <thorax/train/reduce_on_plateau.hpp>  // reduce_on_plateau, plateau_state

#include <algorithm>  // min
#include <cmath>      // cos
#include <optional>
#include <string>
#include <vector>

namespace thorax {

struct training_phase {
  std::string trains{"everything"};  ///< from this part or weight on; see freeze_boundary
  int epochs{1};                     ///< at most, if a rule may stop the phase
  double learning_rate{1e-4};
  bool cosine{};                 ///< the rate falls to 0 along half a cosine wave over the phase, behind the warm-up
  bool batch_statistics{true};   ///< of the norms that train
  double warmup_epochs{};        ///< in which the rate rises from 0, batch by batch
  std::optional<reduce_on_plateau> plateau{};
  std::optional<early_stopping> stop{};
};

/// The recipe of the reference this library is compared with: first the head, then the last 60 Keras layers.
inline const std::vector<training_phase> two_phases{
  {.trains = "classifier", .epochs = 12, .learning_rate = 1e-4},
  {.trains = "features.denseblock4.denselayer24.conv2", .epochs = 7, .learning_rate = 1e-5}};

/// throws:  error{wrong_usage} for a phase that could not be trained
inline void ensure_usable(const training_phase& phase)
{
  const auto ensure_that = [&](bool holds, auto&& rest) {
    ensure(holds, error_code::wrong_usage, [&] { return "the phase that trains '" + phase.trains + "': " + rest(); });
  };
  ensure_that(phase.epochs >= 1,
              [&] { return "expected at least 1 epoch, found " + std::to_string(phase.epochs); });
  ensure_that(phase.warmup_epochs >= 0 && phase.warmup_epochs < phase.epochs, [&] {
    return "expected a warm-up from 0 to below its " + std::to_string(phase.epochs) + " epochs, found " +
           std::to_string(phase.warmup_epochs) + "; shorten it";
  });
  ensure_that(!phase.plateau || !phase.cosine, [] {
    return std::string{"expected one rule for the learning rate, found a cosine and a plateau; choose one"};
  });
  if (phase.plateau) ensure_usable(*phase.plateau);
  if (phase.stop) ensure_usable(*phase.stop);
}

/// What the rules of a phase make of its finished epochs. It follows from their validations, so no file holds it.
struct phase_status {
  int epochs{};           ///< finished
  plateau_state plateau;  ///< its rate is that of the phase without a plateau rule
  stopping_state stopping;

  friend bool operator==(const phase_status&, const phase_status&) = default;
};

inline phase_status beginning_of(const training_phase& phase)
{
  phase_status status;
  status.plateau.rate = phase.learning_rate;
  return status;
}

/// The rules in Keras' order: the last epoch of a phase may both lower the rate and stop.
inline phase_status after_epoch(const training_phase& phase, phase_status status, const validation& measured)
{
  ++status.epochs;
  if (phase.plateau) status.plateau = after_epoch(*phase.plateau, status.plateau, measured);
  if (phase.stop) status.stopping = after_epoch(*phase.stop, status.stopping, measured);
  return status;
}

/// returns:  the status behind those epochs of a history that belong to the phase, whose `number` counts from 1
inline phase_status status_of(const training_phase& phase, int number, const std::vector<epoch_record>& history)
{
  phase_status status = beginning_of(phase);
  for (const epoch_record& each : history)
    if (each.phase == number)
      status = after_epoch(phase, status, {each.validation_loss, each.validation_accuracy});
  return status;
}

inline bool is_over(const training_phase& phase, const phase_status& status)
{
  return status.epochs >= phase.epochs || status.stopping.stops;
}

/// returns:  the rate of a batch, of which `batches` were before it in an epoch of `batches_of_epoch`. Of n batches
///           of warm-up the first has 1/n of the rate, the last all of it.
inline double learning_rate(const training_phase& phase, const phase_status& status, int batches, int batches_of_epoch)
{
  const double done = status.epochs + static_cast<double>(batches) / batches_of_epoch;
  const double rate = status.plateau.rate;
  if (done < phase.warmup_epochs)
    return rate * std::min(1.0, (done + 1.0 / batches_of_epoch) / phase.warmup_epochs);
  if (!phase.cosine) return rate;
  constexpr double pi = 3.141592653589793;
  return rate * 0.5 * (1 + std::cos(pi * (done - phase.warmup_epochs) / (phase.epochs - phase.warmup_epochs)));
}

}  // namespace thorax
