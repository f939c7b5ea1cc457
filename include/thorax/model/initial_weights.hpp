// SPDX-License-Identifier: MIT
//
// initial_weights: where training from nothing starts, as a pure function of a seed.

#pragma once

#include <thorax/base/random.hpp>  // random_stream
#include <thorax/plan/plan.hpp>    // plan_view

#include <cmath>    // sqrt
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <span>

namespace thorax {

/// Fills one parameter, number `k` of its plan, from stream seed / k:
///   convolutions  uniform in ±sqrt(6 / fan_in)               He et al. 2015, eq. 10
///   linear        uniform in ±sqrt(6 / (fan_in + fan_out))   Glorot and Bengio 2010, eq. 16
///   norms         weight 1, bias 0, running mean 0, running variance 1
///   biases        0
inline void fill_initial(const parameter& filled, std::size_t k, std::uint64_t seed, std::span<float> numbers)
{
  const bool ones = filled.kind == parameter_kind::norm_weight || filled.kind == parameter_kind::running_variance;
  for (float& number : numbers) number = ones ? 1.0F : 0.0F;
  if (filled.kind != parameter_kind::weight) return;
  const double fan_in = filled.fan_in();
  const double limit = std::sqrt(6.0 / (filled.rank == 2 ? fan_in + filled.shape[0] : fan_in));
  const random_stream stream = random_stream{seed} / k;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<float>(stream.uniform(i, -limit, limit));
}

/// Fills all parameters of a plan, in their order.
inline void fill_initial(const plan_view& plan, std::uint64_t seed, std::span<float> parameters)
{
  for (std::size_t k = 0; k < plan.parameters.size(); ++k)
    fill_initial(plan.parameters[k], k, seed, parameters.subspan(plan.parameters[k].offset, plan.parameters[k].size()));
}

}  // namespace thorax
