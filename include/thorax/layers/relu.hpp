// SPDX-License-Identifier: MIT
//
// relu: negative numbers become 0.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// memory:  after the passes of plan/ it has no maps of its own; a neighbor applies it in passing
struct relu {
  static constexpr std::string_view word = "relu";

  static constexpr bool accepts(extents) { return true; }
  static constexpr extents output(extents in) { return in; }

  static constexpr slice lower(draft& plan, slice in)
  {
    return plan.emit({.kind = op_kind::activation,
                      .in = in,
                      .out = plan.new_buffer(in.shape),
                      .relu_before = true});
  }
};

}  // namespace thorax
