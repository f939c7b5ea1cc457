// SPDX-License-Identifier: MIT
//
// backward: walks a training plan: forward, statistics, loss, and up again to the freeze boundary.

#pragma once

#include <thorax/backend/norm_gradient.hpp>  // norm_gradients, norm_sums, read_norm
#include <thorax/model/forward.hpp>          // run_forward, bindings
#include <thorax/plan/training_plan.hpp>     // training_plan

#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <span>

namespace thorax {

/// What a training plan is run for. An explanation wants the gradients of maps only: no batch statistics, no
/// dropout, no gradients of parameters, and their kernels are not even compiled.
enum class run_purpose { training, explanation };

/// What a run of a training plan works on besides the maps; numbers lie where the backend computes. Nothing is owned.
struct training_bindings {
  bindings forward;
  const training_plan& plan;
  std::span<const norm> norms;     ///< with the epsilons that count
  float* folded{};                 ///< what forward.folded reads
  float* statistics{};             ///< plan.statistics_floats
  float* lines{};                  ///< as many; see norm_gradients
  norm_sums* sums{};               ///< by film and channel, for the norm with the most channels
  float* gradients{};              ///< of the parameters from `first_gradient` on; trained ones are added to
  std::size_t first_gradient{};    ///< offset of the parameter whose gradient stands first
  const random_stream* lots{};     ///< of dropout in this step; null: nothing is dropped
  double momentum{0.99};           ///< the weight of the old running statistics; Keras' default
  float* running{};                ///< parameters whose running statistics average_running_statistics changes

  [[nodiscard]] float* means(const slice& maps) const
  {
    return statistics + plan.statistics[static_cast<std::size_t>(maps.buffer)] + maps.first_channel;
  }
  [[nodiscard]] float* variances(const slice& maps) const
  {
    return means(maps) + channels_around(maps);
  }
  [[nodiscard]] float* offsets(const slice& maps) const { return lines + (means(maps) - statistics); }
  [[nodiscard]] float* leans(const slice& maps) const { return offsets(maps) + channels_around(maps); }
  /// returns:  where parameter `number` has its gradient
  [[nodiscard]] float* gradient(int number) const
  {
    return gradients + (plan.plan.parameters[static_cast<std::size_t>(number)].offset - first_gradient);
  }

private:
  [[nodiscard]] int channels_around(const slice& maps) const
  {
    return plan.plan.buffers[static_cast<std::size_t>(maps.buffer)].shape.channels;
  }
};

namespace detail {

template<backend Backend>
void fold(const training_step& step, const training_bindings& all, const workers& crew)
{
  const norm& rule = all.norms[static_cast<std::size_t>(step.number)];
  if (step.maps.buffer == none) return fold_running_statistics<Backend>(rule, all.forward.parameters, crew, all.folded);
  const float* const* four = all.forward.parameters + rule.first_parameter;
  const float* mean = all.means(step.maps);
  const float* variance = all.variances(step.maps);
  float* scale = all.folded + rule.offset;
  Backend::fold_norm(crew, rule.channels, four[0], four[1], mean, variance, rule.epsilon, scale, scale + rule.channels);
}

/// Adds the gradients of an op's weights and bias.
template<backend Backend>
void add_weight_gradients(const op& run, const training_step& step, const training_bindings& all, const workers& crew)
{
  const bindings& bound = all.forward;
  const view<const float> in = bound.maps(run.in);
  const view<const float> d_out = bound.maps(step.d_out);
  const activation_rule<float> before = bound.rule_before(run);
  if (run.bias != none) Backend::gradient_of_bias(crew, d_out, all.gradient(run.bias));
  if (run.kind == op_kind::convolution)
    Backend::convolution_gradient_of_weights(crew, in, before, d_out, run.moving, all.gradient(run.weight));
  if (run.kind == op_kind::linear)
    Backend::linear_gradient_of_weights(crew, in, before, d_out, all.gradient(run.weight));
}

/// The gradient of what an op read, after its rule.
template<backend Backend, run_purpose Purpose>
void run_own_backward(const op& run, const training_step& step, const training_bindings& all, const workers& crew)
{
  if (step.d_activated.buffer == none) return;
  const bindings& bound = all.forward;
  const view<const float> in = bound.maps(run.in);
  const view<const float> d_out = bound.maps(step.d_out);
  const view<float> d_activated = bound.maps(step.d_activated);
  const activation_rule<float> before = bound.rule_before(run);
  switch (run.kind) {
    case op_kind::convolution:
      return Backend::convolution_gradient_of_input(crew, d_out, bound.weights(run.weight), run.moving, d_activated);
    case op_kind::linear:
      return Backend::linear_gradient_of_input(crew, d_out, bound.weights(run.weight), d_activated);
    case op_kind::max_pool: return Backend::max_pool_gradient(crew, in, before, run.moving, d_out, d_activated);
    case op_kind::average_pool: return Backend::average_pool_gradient(crew, d_out, run.moving, d_activated);
    case op_kind::global_average_pool: return Backend::global_average_pool_gradient(crew, d_out, d_activated);
    case op_kind::dropout:
      if constexpr (Purpose == run_purpose::training)
        if (all.lots != nullptr)
          return Backend::dropout_gradient(crew, run.rate, *all.lots / static_cast<std::uint64_t>(run.position), d_out,
                                           d_activated);
      return Backend::activation_gradient(crew, d_out, {}, d_out, d_activated);
    case op_kind::softmax: return Backend::softmax_gradient(crew, bound.reading(run.out), d_out, d_activated);
    case op_kind::sigmoid: return Backend::sigmoid_gradient(crew, bound.reading(run.out), d_out, d_activated);
    case op_kind::activation: return;
  }
}

/// The gradient through the ReLU, and the norm as a fixed rule, with which an op reads.
template<backend Backend>
void run_rule_backward(const op& run, const training_step& step, const training_bindings& all, const workers& crew)
{
  if (step.d_in.buffer == none) return;
  const bindings& bound = all.forward;
  Backend::activation_gradient(crew, bound.reading(run.in), bound.rule_before(run), bound.reading(step.d_activated),
                               bound.maps(step.d_in));
}

/// The same for a norm that learns, or whose statistics are the batch's. These leave lines for the gradient of the maps.
template<backend Backend>
void run_norm_backward(const op& run, const training_step& step, const training_bindings& all, const workers& crew)
{
  const bindings& bound = all.forward;
  const view<float> d_in = step.d_in.buffer == none ? view<float>{} : bound.maps(step.d_in);
  const bool is_batch = all.plan.uses_batch(run.norm_before);
  const norm& rule = all.norms[static_cast<std::size_t>(run.norm_before)];
  const float* const* four = bound.parameters + rule.first_parameter;
  const read_norm<float> read{bound.reading(run.in), bound.rule_before(run), is_batch ? all.means(run.in) : four[2],
                              is_batch ? all.variances(run.in) : four[3], rule.epsilon};
  if (all.plan.carries_through_norm(run))
    Backend::convolution_gradient_through_norm(crew, bound.reading(step.d_out), bound.weights(run.weight), run.moving,
                                               read, all.sums, d_in);
  else Backend::norm_gradient(crew, read, bound.reading(step.d_activated), all.sums, d_in);
  norm_gradients<float> to;
  if (step.norm) {
    to.gamma = all.gradient(rule.first_parameter);
    to.beta = all.gradient(rule.first_parameter + 1);
  }
  if (is_batch && d_in.data != nullptr) {
    to.offset = all.offsets(run.in);
    to.lean = all.leans(run.in);
  }
  Backend::add_norm_gradients(crew, read, all.sums, to);
}

template<backend Backend>
void clear(const slice& maps, const bindings& bound, const workers& crew)
{
  const view<float> all = bound.maps(maps);
  crew.run(all.samples, [&](int n, int) { memory_of<Backend>::clear(all.sample(n), all.shape.size()); });
}

template<backend Backend, run_purpose Purpose>
void run_backward(const training_step& step, const training_bindings& all, const workers& crew)
{
  const op& run = all.plan.plan.ops[static_cast<std::size_t>(step.number)];
  if constexpr (Purpose == run_purpose::training)
    if (step.weights) add_weight_gradients<Backend>(run, step, all, crew);
  run_own_backward<Backend, Purpose>(run, step, all, crew);
  if constexpr (Purpose == run_purpose::training)
    if (step.norm || (all.plan.reads_batch(run) && step.d_in.buffer != none))
      return run_norm_backward<Backend>(run, step, all, crew);
  const bool has_rule = run.has_rule_before() || run.kind == op_kind::activation;
  if (has_rule && step.d_activated.buffer != none) run_rule_backward<Backend>(run, step, all, crew);
}

/// What the norms that read these maps have left.
template<backend Backend>
void add_lines(const training_step& step, const training_bindings& all, const workers& crew)
{
  Backend::add_lines(crew, all.forward.reading(step.maps), all.means(step.maps), all.offsets(step.maps),
                     all.leans(step.maps), all.forward.maps(step.d_in));
}

}  // namespace detail

/// Runs all steps; `loss(logits, d_logits)` is called once, between forward and backward, and adds the
/// gradient of what is to be explained or lessened.
///
/// requires: for an explanation, a plan without batch statistics, dropout and parameter gradients
template<backend Backend, run_purpose Purpose = run_purpose::training, class Loss>
void run_training_plan(const training_bindings& all, const workers& crew, Loss&& loss)
{
  const draft& plan = all.plan.plan;
  const bindings& bound = all.forward;
  if constexpr (Purpose == run_purpose::training) memory_of<Backend>::clear(all.lines, all.plan.statistics_floats);
  for (const training_step& step : all.plan.steps) {
    switch (step.kind) {
      case step_kind::statistics:
        if constexpr (Purpose == run_purpose::training)
          Backend::channel_statistics(crew, bound.reading(step.maps), all.means(step.maps), all.variances(step.maps));
        break;
      case step_kind::fold: detail::fold<Backend>(step, all, crew); break;
      case step_kind::forward:
        run_forward<Backend>(plan.ops[static_cast<std::size_t>(step.number)], bound, crew, all.lots);
        break;
      case step_kind::clear: detail::clear<Backend>(step.maps, bound, crew); break;
      case step_kind::loss: loss(bound.reading(plan.logits), bound.maps(step.d_out)); break;
      case step_kind::lines:
        if constexpr (Purpose == run_purpose::training) detail::add_lines<Backend>(step, all, crew);
        break;
      case step_kind::backward: detail::run_backward<Backend, Purpose>(step, all, crew); break;
    }
  }
}

/// Averages the statistics of the last run's batch into the running ones. A step of its own, so that a batch
/// whose loss is no number leaves nothing behind.
template<backend Backend>
void average_running_statistics(const training_bindings& all, const workers& crew)
{
  for (const training_step& step : all.plan.steps) {
    if (step.kind != step_kind::fold || step.maps.buffer == none) continue;
    const norm& rule = all.norms[static_cast<std::size_t>(step.number)];
    const auto tensor_at = [&](int behind) {
      return all.running + all.plan.plan.parameters[static_cast<std::size_t>(rule.first_parameter + behind)].offset;
    };
    Backend::average_statistics(crew, rule.channels, all.momentum, all.means(step.maps), tensor_at(2));
    Backend::average_statistics(crew, rule.channels, all.momentum, all.variances(step.maps), tensor_at(3));
  }
}

}  // namespace thorax
