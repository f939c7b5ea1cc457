// SPDX-License-Identifier: MIT
//
// max_pool: the largest number of each window.

#pragma once

#include <thorax/graph/layer.hpp>  // kernel, stride, padding
#include <thorax/plan/draft.hpp>   // draft

namespace thorax {

/// accepts:  maps that hold the window at least once, rim included; the rim is smaller than the window
/// output:   as many pixels as the window finds places; cells outside the maps never win
template<class Kernel, class Stride, class Padding = padding<(Kernel::value - 1) / 2>>
struct max_pool {
  static constexpr std::string_view word = "pool";
  static constexpr window moving{Kernel::value, Stride::value, Padding::value};
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
    return plan.emit({.kind = op_kind::max_pool,
                      .in = in,
                      .out = plan.new_buffer(output(in.shape)),
                      .moving = moving});
  }
};

}  // namespace thorax
