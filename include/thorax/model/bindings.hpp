// SPDX-License-Identifier: MIT
//
// bindings: the numbers by which ops refer to maps, weights and norms, resolved to memory.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/plan/plan.hpp>                // plan_view, op, slice
#include <thorax/tensor/view.hpp>              // view

#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

/// What one run of a plan works on; numbers lie where the backend computes. Nothing is owned.
struct bindings {
  plan_view plan;
  int samples{1};
  float* arena{};                    ///< samples × plan.arena_floats
  const float* const* parameters{};  ///< one pointer a parameter
  const float* folded{};             ///< plan.folded_floats: each norm's scales, then its shifts

  [[nodiscard]] view<float> maps(const slice& of) const
  {
    const buffer& home = plan.buffers[static_cast<std::size_t>(of.buffer)];
    float* start = arena + static_cast<std::size_t>(samples) * home.offset;
    return {start + static_cast<std::size_t>(of.first_channel) * of.shape.pixels(), samples, of.shape,
            static_cast<std::ptrdiff_t>(home.shape.size())};
  }

  [[nodiscard]] view<const float> reading(const slice& of) const { return maps(of); }

  [[nodiscard]] const float* weights(int parameter) const
  {
    return parameter == none ? nullptr : parameters[parameter];
  }

  [[nodiscard]] activation_rule<float> rule(int norm_number, const float* bias, bool relu) const
  {
    if (norm_number == none) return {nullptr, bias, relu};
    const norm& rule = plan.norms[static_cast<std::size_t>(norm_number)];
    return {folded + rule.offset, folded + rule.offset + rule.channels, relu};
  }
  [[nodiscard]] activation_rule<float> rule_before(const op& step) const
  {
    return rule(step.norm_before, nullptr, step.relu_before);
  }
  [[nodiscard]] activation_rule<float> rule_after(const op& step) const
  {
    return rule(step.norm_after, weights(step.bias), step.relu_after);
  }
};

}  // namespace thorax
