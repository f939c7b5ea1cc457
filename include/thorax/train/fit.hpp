// SPDX-License-Identifier: MIT
//
// fit: the loop. Phases of epochs of batches, validation after each epoch, the best weights kept, a checkpoint
// often enough that little is ever lost.

#pragma once

#include <thorax/train/best_epoch.hpp>       // best_by, is_better
#include <thorax/train/checkpoint.hpp>       // checkpoint, training_state
#include <thorax/train/freeze_boundary.hpp>  // freeze_boundary
#include <thorax/train/moving_average.hpp>   // follow
#include <thorax/train/trainer.hpp>          // trainer
#include <thorax/train/training_phase.hpp>   // training_phase, phase_status, learning_rate

#include <algorithm>  // copy, swap_ranges
#include <chrono>
#include <cmath>    // isfinite
#include <cstddef>  // size_t
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>  // as_const, move
#include <vector>

namespace thorax {

struct fit_options {
  std::vector<training_phase> phases{two_phases};
  std::vector<float> class_weights{};    ///< one a finding; empty: all 1
  float label_smoothing{};
  best_by best{};                        ///< what the best weights of the run are
  double average{};                      ///< share that a moving average of weights keeps a step; 0: none
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

/// What the rules made of an epoch.
struct epoch_news {
  bool is_best{};  ///< of the run so far, by fit_options::best
  bool is_kept{};  ///< its weights are put back if the phase ends now: the phase's best if it has early stopping,
                   ///< else the run's
  std::optional<double> new_rate{};  ///< of the next epoch, if a plateau has lowered it
  bool stops{};    ///< early stopping ends the phase
};

/// returns:  whether nothing is left to train behind that state
inline bool is_over(const training_state& state, const std::vector<training_phase>& phases)
{
  const int last = static_cast<int>(phases.size()) - 1;
  return state.phase > last ||
         (state.phase == last && is_over(phases.back(), status_of(phases.back(), last + 1, state.history)));
}

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
      else begin_average();
      while (!is_over(phase(), status_)) run_epoch();
      end_phase();
    }
    return std::move(state_);
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
      ensure_usable(each);
    }
    ensure(options_.average >= 0 && options_.average < 1, error_code::wrong_usage, [&] {
      return "a moving average of weights keeps a share from 0 to below 1, found " + std::to_string(options_.average);
    });
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
    const bool has_kept = state.epoch == 0 || !options_.phases[at].stop || !state.phase_best_parameters.empty();
    ensure(has_kept && (options_.average > 0) == !state.averaged_parameters.empty(), error_code::does_not_fit, [] {
      return "the checkpoint was written with other rules: its early stopping or moving average is not this run's; "
             "resume with the same ones";
    });
    state_ = state;
  }

  void begin_phase()
  {
    status_ = status_of(phase(), state_.phase + 1, state_.history);
    trained_.begin_phase({.boundary = freeze_boundary(view_of(trained_.network().written), phase().trains),
                          .batch_statistics = phase().batch_statistics});
  }

  void begin_average()
  {
    const std::span<const float> now = std::as_const(trained_).parameters();
    if (options_.average > 0) state_.averaged_parameters.assign(now.begin(), now.end());
  }

  void end_phase()
  {
    const std::vector<float>& kept = phase().stop ? state_.phase_best_parameters : state_.best_parameters;
    std::copy(kept.begin(), kept.end(), trained_.parameters().begin());
    state_.phase_best_parameters.clear();
    ++state_.phase;
    state_.epoch = 0;
  }

  [[nodiscard]] int epochs_before() const
  {
    int epochs = state_.epoch;
    for (int i = 0; i < state_.phase; ++i) epochs += options_.phases[static_cast<std::size_t>(i)].epochs;
    return epochs;
  }

  void run_epoch()
  {
    const auto start = std::chrono::steady_clock::now();
    auto saved = start;
    auto epoch = open_(epochs_before(), state_.batches);
    const int batches_of_epoch = epoch.batches();
    while (const auto* next = epoch.next()) {
      train_on(*next, learning_rate(phase(), status_, state_.batches, batches_of_epoch));
      observe_(fit_progress{state_.phase + 1, state_.epoch + 1, state_.batches, state_.loss_sum / state_.films});
      if (options_.checkpoint.empty() || seconds_since(saved) < options_.checkpoint_seconds) continue;
      save();
      saved = std::chrono::steady_clock::now();
    }
    ensure(state_.films > 0, "there are no films to train on; give a folder with some in each class");
    finish_epoch(learning_rate(phase(), status_, state_.batches - 1, batches_of_epoch), seconds_since(start));
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
    if (options_.average > 0) {
      const std::size_t first = trained_.first_trained();
      follow(std::span{state_.averaged_parameters}.subspan(first), trained_.trained(), options_.average,
             trained_.adam_steps() - 1);
    }
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

  /// Calls it while the averages, if there are some, are the trainer's parameters.
  template<class Ask>
  void with_averages(Ask&& ask)
  {
    if (state_.averaged_parameters.empty()) return ask();
    const auto exchange = [&] {
      std::swap_ranges(state_.averaged_parameters.begin(), state_.averaged_parameters.end(),
                       trained_.parameters().begin());
    };
    exchange();
    ask();
    exchange();
  }

  void finish_epoch(double rate, double seconds)
  {
    validation measured;
    epoch_news news;
    with_averages([&] {
      measured = validate_(trained_);
      ensure(std::isfinite(measured.loss) && std::isfinite(measured.accuracy), error_code::number_not_finite, [] {
        return "the validation loss is not a finite number any more; train with a smaller learning rate";
      });
      news = judge(measured);
    });
    const epoch_record record{state_.phase + 1, state_.epoch + 1, rate, state_.loss_sum / state_.films,
                              static_cast<double>(state_.correct) / state_.films, measured.loss, measured.accuracy,
                              seconds};
    state_.history.push_back(record);
    ++state_.epoch;
    state_.batches = state_.correct = state_.films = 0;
    state_.loss_sum = 0;
    if (!options_.checkpoint.empty()) save();
    with_averages([&] { observe_(record, news); });
  }

  /// Asks the rules in Keras' order, checkpoint, plateau, stop, and copies the weights that they want kept.
  epoch_news judge(const validation& measured)
  {
    const auto before = state_.best_parameters.empty() ? std::nullopt : std::optional{state_.best};
    const double rate = status_.plateau.rate;
    status_ = after_epoch(phase(), status_, measured);
    epoch_news news{.is_best = is_better(options_.best, measured, before)};
    news.is_kept = phase().stop ? status_.stopping.is_best() : news.is_best;
    if (status_.plateau.rate < rate) news.new_rate = status_.plateau.rate;
    news.stops = status_.stopping.stops;
    const std::span<const float> now = std::as_const(trained_).parameters();
    if (news.is_best) {
      state_.best = measured;
      state_.best_parameters.assign(now.begin(), now.end());
    }
    if (phase().stop && news.is_kept) state_.phase_best_parameters.assign(now.begin(), now.end());
    return news;
  }

  void save() { write_checkpoint(options_.checkpoint, state_, trained_, options_.fingerprint); }

  trainer<Backend>& trained_;
  const fit_options& options_;
  OpenEpoch& open_;
  Validate& validate_;
  Observer& observe_;
  training_state state_;
  phase_status status_;
  std::vector<float> weights_;
};

}  // namespace detail

/// Trains through all phases and leaves in the trainer what the last one ends with: the best weights of the run, or, if
/// it has early stopping, the best of that phase by what the rule watches.
///
/// requires: `open(epoch, batches)` opens the films of an epoch, counted through all phases, behind that many
///           batches: an object whose `next()` returns a pointer to a labeled_batch or feature_batch, or null, and whose
///           `batches()` is how many a whole epoch has;
///           `validate(trainer)` returns a `validation`;
///           `observe(fit_progress)` and `observe(epoch_record, epoch_news)` report
/// returns:  the state at the end, with the history and the best weights of the run
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
