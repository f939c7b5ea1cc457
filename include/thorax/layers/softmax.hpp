// SPDX-License-Identifier: MIT
//
// softmax: the last word of a classifier; logits become numbers that sum to 1.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// Over the channels of each pixel: exp(x[c]) / Σ exp(x). Training and Grad-CAM work on what it reads, the logits.
struct softmax {
  static constexpr std::string_view word = "softmax";

  static constexpr bool accepts(extents) { return true; }
  static constexpr extents output(extents in) { return in; }

  static constexpr slice lower(draft& plan, slice in)
  {
    return plan.emit({.kind = op_kind::softmax, .in = in, .out = plan.new_buffer(in.shape)});
  }
};

}  // namespace thorax
