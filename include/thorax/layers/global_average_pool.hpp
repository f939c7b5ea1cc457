// SPDX-License-Identifier: MIT
//
// global_average_pool: one number a channel. What linear and Grad-CAM rely on.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// accepts:  any maps
/// output:   1x1 maps, the mean of each channel
struct global_average_pool {
  static constexpr std::string_view word = "pool";

  static constexpr bool accepts(extents in) { return in.pixels() > 0; }
  static constexpr extents output(extents in) { return {in.channels, 1, 1}; }

  static constexpr slice lower(draft& plan, slice in)
  {
    return plan.emit({.kind = op_kind::global_average_pool, .in = in, .out = plan.new_buffer(output(in.shape))});
  }
};

}  // namespace thorax
