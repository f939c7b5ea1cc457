// SPDX-License-Identifier: MIT
//
// average_pool: the mean of each window.

#pragma once

#include <thorax/graph/layer.hpp>  // kernel, stride
#include <thorax/plan/draft.hpp>   // draft

namespace thorax {

/// accepts:  maps that hold the window at least once
/// output:   as many pixels as the window finds places; what is left over at the far edges is dropped
template<class Kernel, class Stride>
struct average_pool {
  static constexpr std::string_view word = "pool";
  static constexpr window moving{Kernel::value, Stride::value, 0};
  static constexpr bool in_range = moving.is_possible();

  static constexpr bool accepts(extents in)
  {
    return in_range && moving.places(in.height) > 0 && moving.places(in.width) > 0;
  }
  static constexpr extents output(extents in)
  {
    return {in.channels, moving.places(in.height), moving.places(in.width)};
  }

  static constexpr slice lower(draft& plan, slice in)
  {
    return plan.emit({.kind = op_kind::average_pool,
                      .in = in,
                      .out = plan.new_buffer(output(in.shape)),
                      .moving = moving});
  }
};

}  // namespace thorax
