// SPDX-License-Identifier: MIT
//
// chosen_kernels: which instruction set computes. With thorax::dispatch the kernels of several are in the program and
// the best that this machine has is taken; without it, the one that the program is compiled for.

#pragma once

#include <thorax/backend/cpu/kernels/kernel_table.hpp>  // kernel_table
#include <thorax/base/error.hpp>                        // error

#if !defined(THORAX_DISPATCH)
#include <thorax/backend/cpu/kernels/compiled.hpp>  // compiled_for, native
#endif

#include <cstdlib>  // getenv
#include <span>
#include <string>
#include <string_view>

namespace thorax {

/// Kernels that are in this program.
struct kernel_choice {
  const kernels::kernel_table* kernels{};
  bool runs_here{};  ///< whether this machine has their instructions
};

/// returns:  all kernels in this program, the best first
#if defined(THORAX_DISPATCH)
std::span<const kernel_choice> kernel_choices();  // in the library thorax::dispatch
#else
inline std::span<const kernel_choice> kernel_choices()
{
  static constexpr kernel_choice only{&kernels::compiled_for<kernels::native>, true};
  return {&only, 1};
}
#endif

/// returns:  the kernels of that name; of an empty name, the best that run here
/// throws:   error{wrong_usage} if there are none in this program or this machine cannot run them
inline const kernels::kernel_table& kernels_named(std::string_view name)
{
  std::string known;
  for (const kernel_choice& each : kernel_choices()) {
    if (each.runs_here && (name.empty() || name == each.kernels->name)) return *each.kernels;
    known += (known.empty() ? "" : ", ") + std::string{each.kernels->name} + (each.runs_here ? "" : " (not here)");
  }
  throw error{error_code::wrong_usage, "there are no kernels '" + std::string{name} +
                                         "' that run on this machine; this program has: " + known};
}

/// returns:  the kernels that the environment variable THORAX_ARCH names, or the best that run here
/// throws:   error{wrong_usage} that names the variable, too
inline const kernels::kernel_table& chosen_kernels()
{
  const char* const wanted = std::getenv("THORAX_ARCH");
  try {
    return kernels_named(wanted == nullptr ? "" : wanted);
  }
  catch (const error& problem) {
    throw error{problem.code(), std::string{problem.what()} + "; unset THORAX_ARCH, or set it to one that runs here"};
  }
}

}  // namespace thorax
