// SPDX-License-Identifier: MIT
//
// update: one optimizer step over a range of parameters.

#pragma once

#include <thorax/backend/adam_step.hpp>        // adam_step
#include <thorax/backend/reference/loops.hpp>  // given
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/base/ensure.hpp>              // ensure

#include <cmath>    // sqrt
#include <cstddef>  // size_t
#include <span>

namespace thorax {

struct reference_update {
  /// m += (1 − β1)·(g − m);  v += (1 − β2)·(g² − v);  θ −= rate · m / (sqrt(v) + ε)
  /// with rate = learning_rate · sqrt(1 − β2^t) / (1 − β1^t): Kingma and Ba 2015, the form before section
  /// 2.1, whose ε stands outside the correction ("epsilon hat"), as in Keras.
  ///
  /// accepts:  four ranges of the same size; step.step counts from 1
  template<class Number>
  static void adam(const workers&, std::span<Number> parameters, given<std::span<const Number>> gradient,
                   given<std::span<Number>> first, given<std::span<Number>> second, const adam_step& step)
  {
    ensure(gradient.size() == parameters.size() && first.size() == parameters.size() &&
             second.size() == parameters.size(),
           "adam: parameters, gradient and moments must have the same size");
    ensure(step.step >= 1, "adam: steps count from 1");
    const double rate = step.corrected_rate();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const double slope = double{gradient[i]};
      const double mean = double{first[i]} + (1 - step.beta1) * (slope - double{first[i]});
      const double square = double{second[i]} + (1 - step.beta2) * (slope * slope - double{second[i]});
      first[i] = static_cast<Number>(mean);
      second[i] = static_cast<Number>(square);
      parameters[i] =
        static_cast<Number>(double{parameters[i]} - rate * mean / (std::sqrt(square) + step.epsilon));
    }
  }
};

}  // namespace thorax
