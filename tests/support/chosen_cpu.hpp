// SPDX-License-Identifier: MIT
//
// chosen_cpu: the cpu backend with kernels and switches that a test chooses, and all choices that this machine runs.

#pragma once

#include <thorax/backend/cpu/predictor.hpp>  // cpu_options, cpu_predictor, kernel_choices

#include <string>
#include <string_view>
#include <vector>

namespace thorax::tests {

/// One way to predict with the cpu backend.
struct cpu_choice {
  const kernels::kernel_table* kernels{&chosen_kernels()};
  cpu_options options{};

  [[nodiscard]] cpu_predictor predictor() const { return cpu_predictor{options, *kernels}; }
  [[nodiscard]] std::string name() const
  {
    return std::string{kernels->name} + (options.bf16 ? " in bf16" : "") +
           (options.winograd ? " with Winograd" : " without Winograd");
  }
};

/// returns:  every instruction set that is in this program and runs here, with and without Winograd
inline std::vector<cpu_choice> cpu_choices()
{
  std::vector<cpu_choice> all;
  for (const kernel_choice& each : kernel_choices())
    for (const bool winograd : {true, false})
      if (each.runs_here) all.push_back({each.kernels, {.winograd = winograd, .strassen = winograd}});
  return all;
}

/// returns:  the same in bf16, where this machine multiplies such numbers
inline std::vector<cpu_choice> bf16_choices()
{
  std::vector<cpu_choice> all;
  for (cpu_choice each : cpu_choices()) {
    each.options.bf16 = true;
    if (each.kernels->multiply_pairs != nullptr) all.push_back(each);
  }
  return all;
}

/// A backend for models: `chosen_cpu{2, choice}`.
struct chosen_cpu {
  static constexpr std::string_view name = "cpu";

  int threads{1};
  cpu_choice choice{};

  [[nodiscard]] cpu_predictor predictor() const { return choice.predictor(); }
};

static_assert(predicting_backend<chosen_cpu>);

}  // namespace thorax::tests
