// SPDX-License-Identifier: MIT
//
// cpu_inference: the half of the cpu backend that predicts. It needs no BLAS, so a program that only predicts may be
// one small static file.

#pragma once

#include <thorax/backend/cpu/predictor.hpp>  // cpu_options, cpu_predictor
#include <thorax/base/thread_pool.hpp>       // available_threads

#include <string_view>

namespace thorax {

/// `cpu_inference{}` uses every thread this process may, `cpu_inference{2}` two; `cpu_inference{2, {.winograd = false}}`
/// sets switches.
struct cpu_inference {
  static constexpr std::string_view name = "cpu";

  int threads{available_threads()};
  cpu_options options{};

  cpu_inference() = default;
  constexpr explicit cpu_inference(int wanted, const cpu_options& switches = {}) : threads{wanted}, options{switches} {}

  /// throws:  error{wrong_usage} for a THORAX_ARCH that cannot be had
  [[nodiscard]] cpu_predictor predictor() const { return cpu_predictor{options}; }
};

static_assert(predicting_backend<cpu_inference>);

}  // namespace thorax
