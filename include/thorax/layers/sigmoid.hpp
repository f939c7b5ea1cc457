// SPDX-License-Identifier: MIT
//
// sigmoid: the last word of a classifier whose findings do not exclude each other.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// Of each number by itself: 1 / (1 + exp(-x)). Grad-CAM works on what it reads, the logits.
struct sigmoid {
  static constexpr std::string_view word = "sigmoid";

  static constexpr bool accepts(extents) { return true; }
  static constexpr extents output(extents in) { return in; }

  static constexpr slice lower(draft& plan, slice in)
  {
    return plan.emit({.kind = op_kind::sigmoid, .in = in, .out = plan.new_buffer(in.shape)});
  }
};

}  // namespace thorax
