// SPDX-License-Identifier: MIT
//
// update: Adam, an index a parameter, in doubles.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>    // cuda_update
#include <thorax/backend/cuda/launch.cuh>  // for_each_index
#include <thorax/base/ensure.hpp>          // ensure

#include <cmath>    // sqrt
#include <cstddef>  // size_t
#include <span>

namespace thorax {

void cuda_update::adam(const workers&, std::span<float> parameters, std::span<const float> gradient,
                       std::span<float> first, std::span<float> second, const adam_step& step)
{
  ensure(gradient.size() == parameters.size() && first.size() == parameters.size() &&
           second.size() == parameters.size(),
         "adam: parameters, gradient and moments must have the same size");
  ensure(step.step >= 1, "adam: steps count from 1");
  const double rate = step.corrected_rate();
  const adam_step rule = step;
  float* const numbers = parameters.data();
  const float* const slopes = gradient.data();
  float* const means = first.data();
  float* const squares = second.data();
  for_each_index(parameters.size(), [=] THORAX_BOTH(unsigned i) {
    const double slope{slopes[i]};
    const double mean = double{means[i]} + (1 - rule.beta1) * (slope - double{means[i]});
    const double square = double{squares[i]} + (1 - rule.beta2) * (slope * slope - double{squares[i]});
    means[i] = static_cast<float>(mean);
    squares[i] = static_cast<float>(square);
    numbers[i] = static_cast<float>(double{numbers[i]} - rate * mean / (std::sqrt(square) + rule.epsilon));
  });
}

}  // namespace thorax
