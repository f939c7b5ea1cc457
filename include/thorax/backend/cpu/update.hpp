// SPDX-License-Identifier: MIT
//
// update in float, shared out among the threads.

#pragma once

#include <thorax/backend/adam_step.hpp>  // adam_step
#include <thorax/backend/workers.hpp>    // workers
#include <thorax/base/ensure.hpp>        // ensure

#include <algorithm>  // min
#include <cmath>      // sqrt
#include <cstddef>    // size_t
#include <span>

namespace thorax {

struct cpu_update {
  static void adam(const workers& w, std::span<float> parameters, std::span<const float> gradient,
                   std::span<float> first, std::span<float> second, const adam_step& step)
  {
    ensure(gradient.size() == parameters.size() && first.size() == parameters.size() &&
             second.size() == parameters.size(),
           "adam: parameters, gradient and moments must have the same size");
    ensure(step.step >= 1, "adam: steps count from 1");
    constexpr std::size_t together = 16384;
    const auto rate = static_cast<float>(step.corrected_rate());
    const auto mean_share = static_cast<float>(1 - step.beta1);
    const auto square_share = static_cast<float>(1 - step.beta2);
    const auto epsilon = static_cast<float>(step.epsilon);
    const auto tasks = static_cast<int>((parameters.size() + together - 1) / together);
    w.run(tasks, [&](int task, int) {
      const std::size_t begin = static_cast<std::size_t>(task) * together;
      const std::size_t end = std::min(begin + together, parameters.size());
      for (std::size_t i = begin; i < end; ++i) {
        const float slope = gradient[i];
        first[i] += mean_share * (slope - first[i]);
        second[i] += square_share * (slope * slope - second[i]);
        parameters[i] -= rate * first[i] / (std::sqrt(second[i]) + epsilon);
      }
    });
  }
};

}  // namespace thorax
