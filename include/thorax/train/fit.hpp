// SPDX-License-Identifier: MIT
//
// fit: the loop. Phases of epochs of batches, validation after each epoch, the best weights kept, a checkpoint
// often enough that little is ever lost.

#pragma once

#include <thorax/train/checkpoint.hpp>       // checkpoint, training_state
#include <thorax/train/freeze_boundary.hpp>  // freeze_boundary
#include <thorax/train/trainer.hpp>          // trainer

#include <algorithm>  // copy
#include <chrono>
#include <cmath>    // cos, isfinite
#include <cstddef>  // size_t
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// Some epochs in which the same part of a network trains.
struct training_phase {
  std::string trains{"everything"};  ///< from this part or weight on; see freeze_boundary
  int epochs{1};
  double learning_rate{1e-4};
  bool cosine{};                 ///< the rate falls to 0 along half a cosine wave over the phase
  bool batch_statistics{true};   ///< of the norms that train
};

/// The recipe of the reference this library is compared with: first the head, then the last 60 Keras layers.
inline const std::vector<training_phase> two_phases{
  {.trains = "classifier", .epochs = 12, .learning_rate = 1e-4},
  {.trains = "features.denseblock4.denselayer24.conv2", .epochs = 7, .learning_rate = 1e-5}};

struct fit_options {
  std::vector<training_phase> phases{two_phases};
  std::vector<float> class_weights{};    ///< one a finding; empty: all 1
  float label_smoothing{};
  bool best_by_loss{};                   ///< else by accuracy, ties by loss
  std::filesystem::path checkpoint{};    ///< empty: none is written
  double checkpoint_seconds{120};        ///< at least so often, besides every epoch's end
  std::string fingerprint{};             ///< of films and options; a resumed run must have the same
};

/// Where a run is, for those who watch it.
struct fit_progress {
  int phase{};   ///< counts from 1
  int epoch{};   ///< of the phase, counts from 1
  int batches{}; ///< of the epoch, done
  double loss{}; ///< mean of the epoch so far
};

namespace detail {

inline double seconds_since(std::chrono::steady_clock::time_point start)
{
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// One run of `fit`; its functions are the parts of the loop.
template<backend Backend, class OpenEpoch, class Validate, class Observer>
class fitting {
public:
  fitting(trainer<Backend>& trained, const fit_options& options, OpenEpoch& open, Validate& validate, Observer& observe)
    : trained_{trained}, options_{options}, open_{open}, validate_{validate}, observe_{observe}
  {
  }

  training_state run(const std::optional<checkpoint>& from)
  {
    ensure_possible();
    if (from) go_on_from(from->state());
    for (bool resumed = from.has_value(); state_.phase < static_cast<int>(options_.phases.size()); resumed = false) {
      begin_phase();
      if (resumed) from->restore(trained_);
      while (state_.epoch < phase().epochs) run_epoch();
      std::copy(state_.best_parameters.begin(), state_.best_parameters.end(), trained_.parameters().begin());
      ++state_.phase;
      state_.epoch = 0;
    }
    return state_;
  }

private:
  [[nodiscard]] const training_phase& phase() const { return options_.phases[static_cast<std::size_t>(state_.phase)]; }

  /// What would stop a run in its third hour is found before its first step.
  void ensure_possible() const
  {
    const draft& written = trained_.network().written;
    ensure(!options_.phases.empty(), error_code::wrong_usage,
           [] { return "training needs at least one phase, found none"; });
    for (const training_phase& each : options_.phases) {
      static_cast<void>(freeze_boundary(view_of(written), each.trains));
      ensure(each.epochs >= 1, error_code::wrong_usage, [&] {
        return "the phase that trains '" + each.trains + "': expected at least 1 epoch, found " +
               std::to_string(each.epochs);
      });
    }
    const std::size_t findings = written.logits.shape.size();
    const std::size_t weights = options_.class_weights.size();
    ensure(weights == 0 || weights == findings, error_code::wrong_usage, [&] {
      return "class weights: expected one a finding, " + std::to_string(findings) + ", or none, found " +
             std::to_string(weights);
    });
  }

  void go_on_from(const training_state& state)
  {
    const auto at = static_cast<std::size_t>(state.phase);
    ensure(at < options_.phases.size() && state.epoch <= options_.phases[at].epochs, error_code::does_not_fit, [&] {
      return "the checkpoint was written after epoch " + std::to_string(state.epoch) + " of phase " +
             std::to_string(state.phase + 1) + ", which this run does not have; resume with the same phases";
    });
    state_ = state;
  }

  void begin_phase()
  {
    trained_.begin_phase({.boundary = freeze_boundary(view_of(trained_.network().written), phase().trains),
                          .batch_statistics = phase().batch_statistics});
  }

  [[nodiscard]] int epochs_before() const
  {
    int epochs = state_.epoch;
    for (int i = 0; i < state_.phase; ++i) epochs += options_.phases[static_cast<std::size_t>(i)].epochs;
    return epochs;
  }

  [[nodiscard]] double learning_rate(int batches, int batches_of_epoch) const
  {
    if (!phase().cosine) return phase().learning_rate;
    constexpr double pi = 3.141592653589793;
    const double done = (state_.epoch + static_cast<double>(batches) / batches_of_epoch) / phase().epochs;
    return phase().learning_rate * 0.5 * (1 + std::cos(pi * done));
  }

  void run_epoch()
  {
    const auto start = std::chrono::steady_clock::now();
    auto saved = start;
    auto epoch = open_(epochs_before(), state_.batches);
    const int batches_of_epoch = epoch.batches();
    while (const auto* next = epoch.next()) {
      train_on(*next, learning_rate(state_.batches, batches_of_epoch));
      observe_(fit_progress{state_.phase + 1, state_.epoch + 1, state_.batches, state_.loss_sum / state_.films});
      if (options_.checkpoint.empty() || seconds_since(saved) < options_.checkpoint_seconds) continue;
      save();
      saved = std::chrono::steady_clock::now();
    }
    ensure(state_.films > 0, "there are no films to train on; give a folder with some in each class");
    finish_epoch(learning_rate(state_.batches - 1, batches_of_epoch), seconds_since(start));
  }

  /// Films, or what the frozen part of the network has made of them.
  template<class Labeled>
  void train_on(const Labeled& next, double rate)
  {
    weights_.clear();
    for (const int finding : next.findings) weights_.push_back(weight_of(finding));
    const adam_step rule{.learning_rate = rate};
    step_report report;
    if constexpr (requires { next.features; })
      report = trained_.step_from(next.features, next.findings, weights_, rule, options_.label_smoothing);
    else report = trained_.step(view_of(next.pixels), next.findings, weights_, rule, options_.label_smoothing);
    const auto films = static_cast<int>(next.findings.size());
    state_.loss_sum += report.loss * films;
    state_.correct += report.correct;
    state_.films += films;
    ++state_.batches;
  }

  [[nodiscard]] float weight_of(int finding) const
  {
    if (options_.class_weights.empty()) return 1;
    const auto at = static_cast<std::size_t>(finding);
    ensure(at < options_.class_weights.size(), "a film's finding is none of those that have a class weight");
    return options_.class_weights[at];
  }

  [[nodiscard]] bool is_better(const validation& measured) const
  {
    const validation& best = state_.best;
    if (options_.best_by_loss || measured.accuracy == best.accuracy) return measured.loss < best.loss;
    return measured.accuracy > best.accuracy;
  }

  void finish_epoch(double rate, double seconds)
  {
    const validation measured = validate_(trained_);
    ensure(std::isfinite(measured.loss) && std::isfinite(measured.accuracy), error_code::number_not_finite, [] {
      return "the validation loss is not a finite number any more; train with a smaller learning rate";
    });
    const epoch_record record{state_.phase + 1, state_.epoch + 1, rate, state_.loss_sum / state_.films,
                              static_cast<double>(state_.correct) / state_.films, measured.loss, measured.accuracy,
                              seconds};
    const bool is_best = state_.best_parameters.empty() || is_better(measured);
    if (is_best) {
      state_.best = measured;
      state_.best_parameters.assign(trained_.parameters().begin(), trained_.parameters().end());
    }
    state_.history.push_back(record);
    ++state_.epoch;
    state_.batches = state_.correct = state_.films = 0;
    state_.loss_sum = 0;
    if (!options_.checkpoint.empty()) save();
    observe_(record, is_best);
  }

  void save() { write_checkpoint(options_.checkpoint, state_, trained_, options_.fingerprint); }

  trainer<Backend>& trained_;
  const fit_options& options_;
  OpenEpoch& open_;
  Validate& validate_;
  Observer& observe_;
  training_state state_;
  std::vector<float> weights_;
};

}  // namespace detail

/// Trains through all phases and leaves the best weights in the trainer.
///
/// requires: `open(epoch, batches)` opens the films of an epoch, counted through all phases, behind that many
///           batches: an object whose `next()` returns a pointer to a labeled_batch or feature_batch, or null, and whose
///           `batches()` is how many a whole epoch has;
///           `validate(trainer)` returns a `validation`;
///           `observe(fit_progress)` and `observe(epoch_record, is_best)` report
/// returns:  the state at the end, with the history and the best weights
/// throws:   error{number_not_finite} when training diverges; the last checkpoint stays
///           error{wrong_usage}, {does_not_fit} before the first step if phases, class weights or checkpoint do
///           not fit the network
template<backend Backend, class OpenEpoch, class Validate, class Observer>
training_state fit(trainer<Backend>& trained, const fit_options& options, OpenEpoch&& open, Validate&& validate,
                   Observer&& observe, const std::optional<checkpoint>& from = std::nullopt)
{
  return detail::fitting<Backend, OpenEpoch, Validate, Observer>{trained, options, open, validate, observe}.run(from);
}

}  // namespace thorax
