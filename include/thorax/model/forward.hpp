// SPDX-License-Identifier: MIT
//
// forward: walks a plan down. A loop over plain ops; nothing here depends on the type of a network.

#pragma once

#include <thorax/backend/backend.hpp>  // backend
#include <thorax/base/random.hpp>      // random_stream
#include <thorax/model/bindings.hpp>   // bindings

#include <cstdint>  // uint64_t

namespace thorax {

/// Runs one op. `lots` decides what dropout drops; null means that nothing is dropped.
template<backend Backend>
void run_forward(const op& step, const bindings& bound, const workers& crew, const random_stream* lots = nullptr)
{
  const view<const float> in = bound.maps(step.in);
  const view<float> out = bound.maps(step.out);
  const activation_rule<float> before = bound.rule_before(step);
  switch (step.kind) {
    case op_kind::convolution:
      return Backend::convolution(crew, in, before, bound.weights(step.weight), step.moving,
                                  bound.rule_after(step), out);
    case op_kind::linear:
      return Backend::linear(crew, in, before, bound.weights(step.weight), bound.rule_after(step), out);
    case op_kind::max_pool: return Backend::max_pool(crew, in, before, step.moving, out);
    case op_kind::average_pool: return Backend::average_pool(crew, in, before, step.moving, out);
    case op_kind::global_average_pool: return Backend::global_average_pool(crew, in, before, out);
    case op_kind::activation: return Backend::activation(crew, in, before, out);
    case op_kind::softmax: return Backend::softmax(crew, in, before, out);
    case op_kind::sigmoid: return Backend::sigmoid(crew, in, before, out);
    case op_kind::dropout:
      if (lots == nullptr) return Backend::activation(crew, in, before, out);
      return Backend::dropout(crew, in, before, step.rate, *lots / static_cast<std::uint64_t>(step.position), out);
  }
}

/// Runs all ops of a plan.
template<backend Backend>
void run_forward(const bindings& bound, const workers& crew)
{
  for (const op& step : bound.plan.ops) run_forward<Backend>(step, bound, crew);
}

/// Folds the running statistics of one norm into its scales and shifts.
template<backend Backend>
void fold_running_statistics(const norm& rule, const float* const* parameters, const workers& crew, float* folded)
{
  const float* const* four = parameters + rule.first_parameter;
  float* scale = folded + rule.offset;
  Backend::fold_norm(crew, rule.channels, four[0], four[1], four[2], four[3], rule.epsilon, scale,
                     scale + rule.channels);
}

}  // namespace thorax
