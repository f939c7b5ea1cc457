// SPDX-License-Identifier: MIT
//
// adam_step: the numbers of one step of Adam, the same for every parameter.

#pragma once

#include <cmath>    // pow, sqrt
#include <cstdint>  // int64_t

namespace thorax {

/// Keras' defaults, its "epsilon hat" included: epsilon is added to sqrt(v) without bias correction.
struct adam_step {
  double learning_rate{1e-3};
  double beta1{0.9};
  double beta2{0.999};
  double epsilon{1e-7};
  std::int64_t step{1};  ///< counts from 1 since the moments were 0

  /// returns:  learning_rate · sqrt(1 − beta2^step) / (1 − beta1^step)
  [[nodiscard]] double corrected_rate() const
  {
    const auto t = static_cast<double>(step);
    return learning_rate * std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t));
  }
};

}  // namespace thorax
