// SPDX-License-Identifier: MIT
//
// placed_parameters: the parameters of a plan where a backend's kernels read them.

#pragma once

#include <thorax/backend/memory.hpp>         // memory
#include <thorax/backend/placed_floats.hpp>  // placed_floats
#include <thorax/plan/plan.hpp>              // plan_view

#include <vector>

namespace thorax {

/// One pointer a parameter: those that were given, if the memory is the host's, which must then live longer; else to
/// copies.
template<memory Memory>
class placed_parameters {
public:
  placed_parameters(const plan_view& plan, const float* const* on_host) : pointers_{on_host}
  {
    if constexpr (!Memory::is_host) {
      float* const start = copies_.grow_to<Memory>(plan.parameter_floats);
      for (const parameter& each : plan.parameters) {
        Memory::copy_in(on_host[own_.size()], each.size(), start + each.offset);
        own_.push_back(start + each.offset);
      }
      pointers_ = own_.data();
    }
  }
  placed_parameters(const placed_parameters&) = delete;
  placed_parameters& operator=(const placed_parameters&) = delete;

  [[nodiscard]] const float* const* pointers() const { return pointers_; }

private:
  placed_floats copies_;
  std::vector<const float*> own_;
  const float* const* pointers_;
};

}  // namespace thorax
