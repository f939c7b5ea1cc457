// SPDX-License-Identifier: MIT
//
// trainer: a network while it is trained: its parameters, the optimizer's moments, and one step at a time.

#pragma once

#include <thorax/backend/adam_step.hpp>      // adam_step
#include <thorax/backend/placed_floats.hpp>  // placed_floats
#include <thorax/model/backward.hpp>         // run_training_plan
#include <thorax/model/host_maps.hpp>        // host_maps
#include <thorax/model/model.hpp>            // any_model
#include <thorax/model/workspace.hpp>        // workspace
#include <thorax/plan/split_at_boundary.hpp>  // split_at_boundary
#include <thorax/plan/training_plan.hpp>     // for_training
#include <thorax/tensor/aligned_floats.hpp>  // aligned_floats
#include <thorax/train/network_half.hpp>     // network_half
#include <thorax/train/step_report.hpp>      // count_correct, step_report
#include <thorax/train/trained_numbers.hpp>  // trained_numbers

#include <algorithm>  // copy_n, min
#include <cmath>      // isfinite
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <memory>     // make_unique, shared_ptr, unique_ptr
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// The changing half of training. On one thread, the same calls give the same numbers bit for bit.
template<backend Backend>
class trainer {
public:
  /// Starts from these parameters, in the order of the network's plan.
  trainer(std::shared_ptr<const blueprint> network, std::vector<float> parameters, double default_epsilon,
          Backend chosen, std::uint64_t seed)
    : network_{std::move(network)}, numbers_{network_->written.parameters, std::move(parameters)},
      default_epsilon_{default_epsilon}, chosen_{chosen}, pool_{chosen.threads}, norms_{network_->written.norms}, lots_{seed}
  {
    ensure(numbers_.parameters.size() == network_->written.parameter_floats,
           "a trainer needs as many numbers as its network has parameters");
    ensure(network_->written.ops.back().kind != op_kind::sigmoid,
           "a network that ends with sigmoid is not trained here: the loss is softmax's; put its features under softmax");
    for (norm& rule : norms_)
      if (rule.epsilon_is_default) rule.epsilon = default_epsilon;
  }
  trainer(const trainer&) = delete;
  trainer& operator=(const trainer&) = delete;

  /// Plans anew for another freeze boundary; the optimizer's moments start at 0.
  ///
  /// What is frozen predicts films' features from now on, with packed weights; only the rest runs in a step.
  ///
  /// throws:  error{does_not_fit} if nothing has weights behind the boundary
  void begin_phase(const training_options& options)
  {
    split_ = split_at_boundary(network_->written, options);
    feature_floats_ = thorax::feature_floats(split_.frozen);
    frozen_.reset();
    made_ = for_training(split_.rest, options);
    std::size_t first = numbers_.parameters.size();
    for (const parameter& each : made_.plan.parameters)
      if (made_.trains(each)) first = std::min(first, each.offset);
    ensure(first < numbers_.parameters.size(), "nothing behind the freeze boundary has weights; freeze less");
    numbers_.begin(first);
    folded_.template grow_to<memory_type>(made_.plan.folded_floats);
    statistics_.template grow_to<memory_type>(made_.statistics_floats);
    lines_.template grow_to<memory_type>(made_.statistics_floats);
    adam_steps_ = 0;
    scratch_floats_ = thorax::scratch_floats<Backend>(view_of(made_.plan));
    fold_norms();
  }

  /// How much of the old running statistics a step keeps: 0.99 as in Keras unless said otherwise. Runs of a few
  /// hundred steps want less, 0.9 as in PyTorch, or their norms still remember the beginning.
  void keep_statistics(double share)
  {
    ensure(share >= 0 && share < 1, "running statistics keep a share of themselves from 0 to below 1");
    momentum_ = share;
  }

  /// Floats of one film's features: what the frozen part of the network makes of it in this phase; the film itself if
  /// nothing is frozen.
  [[nodiscard]] std::size_t feature_floats() const { return feature_floats_; }

  /// Writes the features of films, one film's behind the other's. They stay the same for the whole phase.
  ///
  /// throws:  error{does_not_fit} before the first phase, and for samples of other extents than the network's input
  void make_features(const view<const float>& samples, float* features)
  {
    ensure_trainable(samples);
    if (split_.frozen.ops.empty()) {
      for (int n = 0; n < samples.samples; ++n, features += feature_floats_)
        std::copy_n(samples.sample(n), feature_floats_, features);
      return;
    }
    if (frozen_ == nullptr)
      frozen_ = std::make_unique<network_half<Backend>>(split_.frozen, norms_, numbers_.pointers_on_host(), chosen_, pool_);
    frozen_->make_features(samples, features, space_, pool_);
  }

  /// Forward, backward, update.
  ///
  /// throws:  error{number_not_finite}, and nothing is updated, if the loss is not a number any more; what
  ///          gradients() throws
  step_report step(const view<const float>& samples, std::span<const int> findings, std::span<const float> weights,
                   const adam_step& rule, float label_smoothing = 0)
  {
    return step_from(features_of(samples), findings, weights, rule, label_smoothing);
  }

  /// The same for films whose features were made before in this phase: as many as findings.
  step_report step_from(const float* features, std::span<const int> findings, std::span<const float> weights,
                        const adam_step& rule, float label_smoothing = 0)
  {
    step_report report = gradients_from(features, findings, weights, label_smoothing);
    ensure(std::isfinite(report.loss), error_code::number_not_finite, [] {
      return "the training loss is not a finite number any more; train with a smaller learning rate";
    });
    adam_step counted = rule;
    counted.step = ++adam_steps_;
    ++steps_;
    const workers crew = space_.prepare<memory_type>(0, scratch_floats_, &pool_);
    numbers_.template update<Backend>(crew, counted);
    return report;
  }

  /// Forward and backward only. Running statistics are averaged, as in every training step, unless the loss is
  /// no number.
  ///
  /// throws:  what make_features() throws
  step_report gradients(const view<const float>& samples, std::span<const int> findings,
                        std::span<const float> weights, float label_smoothing = 0)
  {
    return gradients_from(features_of(samples), findings, weights, label_smoothing);
  }

  /// The same from features.
  step_report gradients_from(const float* features, std::span<const int> findings, std::span<const float> weights,
                             float label_smoothing = 0)
  {
    float* const gradients = numbers_.gradients.change_there();
    float* const parameters = numbers_.parameters.change_there();
    memory_type::clear(gradients, numbers_.gradients.size());
    const workers crew =
      space_.prepare<memory_type>(made_.plan.arena_floats * findings.size(), scratch_floats_, &pool_);
    const random_stream lots = lots_ / steps_;
    const bindings bound{view_of(made_.plan), static_cast<int>(findings.size()), space_.arena.data(),
                         numbers_.pointers_there(), folded_.data()};
    put_features(features, bound);
    const training_bindings all{.forward = bound, .plan = made_, .norms = norms_, .folded = folded_.data(),
                                .statistics = statistics_.data(), .lines = lines_.data(),
                                .sums = sums_of(findings.size()), .gradients = gradients,
                                .first_gradient = numbers_.first(), .lots = &lots, .momentum = momentum_,
                                .running = parameters};
    step_report report;
    run_training_plan<Backend>(all, crew, [&](view<const float> logits, view<float> d_logits) {
      report.loss = Backend::weighted_cross_entropy(crew, logits, findings, weights, label_smoothing, d_logits, {});
      report.correct = count_correct(*host_maps<memory_type, const float>{logits}, findings);
    });
    if (std::isfinite(report.loss)) average_running_statistics<Backend>(all, crew);
    return report;
  }

  /// returns:  the half that trains as it is now, to validate with features; later steps do not change it
  [[nodiscard]] network_half<Backend> rest()
  {
    return {split_.rest, norms_, numbers_.pointers_on_host(), chosen_, pool_};
  }

  /// returns:  the model as it is now, to validate or save; later steps do not change it. Its metadata gets the
  ///           epsilon that it is trained with.
  [[nodiscard]] any_model<Backend> snapshot(weights_metadata metadata, Backend chosen) const
  {
    metadata.batch_norm_epsilon = default_epsilon_;
    const std::span<const float> now = parameters();
    return {network_,
            std::make_shared<const network_weights>(network_->predicting, std::vector<float>(now.begin(), now.end()),
                                                    std::move(metadata)),
            chosen};
  }

  [[nodiscard]] const blueprint& network() const { return *network_; }
  [[nodiscard]] const training_plan& plan() const { return made_; }
  [[nodiscard]] const split_network& split() const { return split_; }
  [[nodiscard]] std::span<const norm> norms() const { return norms_; }
  [[nodiscard]] thread_pool& pool() { return pool_; }

  /// What features are computed by, in words: other kernels and switches round otherwise.
  [[nodiscard]] std::string kernels() const
  {
    std::string words;
    const auto chosen = chosen_.predictor();
    if constexpr (requires { chosen.architecture(); }) words = chosen.architecture();
    else words = Backend::name;
    if constexpr (requires { chosen.joins_gray_channels(); })
      if (chosen.joins_gray_channels()) words += " gray";
    for (const op& step : split_.frozen.ops)
      if constexpr (requires { chosen.way_of(step); }) words += " " + std::string{chosen.way_of(step)};
    return words;
  }

  /// As they are now, on the host. These numbers and those below hold until the next step; ask again behind it.
  [[nodiscard]] std::span<const float> parameters() const { return numbers_.parameters.read(); }

  /// To be changed before the next step: frozen weights are packed anew for it.
  [[nodiscard]] std::span<float> parameters()
  {
    frozen_.reset();
    return numbers_.parameters.change();
  }

  /// The parameters from the first that trains to the last, their gradients and moments: equally long.
  [[nodiscard]] std::span<float> trained() { return numbers_.parameters.change().subspan(numbers_.first()); }
  [[nodiscard]] std::span<const float> gradient() const { return numbers_.gradients.read(); }
  [[nodiscard]] std::span<float> first_moments() { return numbers_.first_moments.change(); }
  [[nodiscard]] std::span<float> second_moments() { return numbers_.second_moments.change(); }
  [[nodiscard]] std::size_t first_trained() const { return numbers_.first(); }

  /// Steps since the beginning, and since the phase's: what dropout and Adam count by.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::int64_t adam_steps() const { return adam_steps_; }

  /// Goes on where a checkpoint was written; call begin_phase and copy parameters and moments before.
  void resume_at(std::uint64_t steps, std::int64_t adam_steps)
  {
    steps_ = steps;
    adam_steps_ = adam_steps;
    fold_norms();
  }

private:
  using memory_type = memory_of<Backend>;

  void fold_norms()
  {
    for (const norm& rule : norms_)
      fold_running_statistics<Backend>(rule, numbers_.pointers_there(), {}, folded_.data());
  }

  /// A norm's sums of so many films.
  norm_sums* sums_of(std::size_t films)
  {
    constexpr std::size_t floats = sizeof(norm_sums) / sizeof(float);
    return reinterpret_cast<norm_sums*>(sums_.grow_to<memory_type>(films * made_.most_norm_channels() * floats));
  }

  void ensure_trainable(const view<const float>& samples) const
  {
    ensure(!made_.steps.empty(), "a trainer was asked for a step before its first phase; call begin_phase");
    ensure(samples.samples > 0 && samples.shape == network_->written.input.shape,
           "there is no sample, or samples have other extents than the network's input; preprocess the films first");
  }

  const float* features_of(const view<const float>& samples)
  {
    ensure_trainable(samples);
    features_.grow_to(feature_floats_ * static_cast<std::size_t>(samples.samples));
    make_features(samples, features_.data());
    return features_.data();
  }

  /// Where the rest of the network reads them.
  void put_features(const float* features, const bindings& bound) const
  {
    for (int n = 0; n < bound.samples; ++n)
      for (const slice& maps : made_.plan.features) {
        memory_type::copy_in(features, maps.shape.size(), bound.maps(maps).sample(n));
        features += maps.shape.size();
      }
  }

  std::shared_ptr<const blueprint> network_;
  trained_numbers<memory_type> numbers_;
  double default_epsilon_;
  Backend chosen_;
  thread_pool pool_;
  std::vector<norm> norms_;
  random_stream lots_;
  double momentum_{0.99};
  split_network split_;
  std::unique_ptr<const network_half<Backend>> frozen_;  ///< packed when it is needed
  std::size_t feature_floats_{};
  training_plan made_;
  std::size_t scratch_floats_{};
  std::uint64_t steps_{};
  std::int64_t adam_steps_{};
  placed_floats folded_;
  placed_floats statistics_;
  placed_floats lines_;
  placed_floats sums_;
  aligned_floats features_;
  workspace space_;
};

}  // namespace thorax
