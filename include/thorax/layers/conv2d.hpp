// SPDX-License-Identifier: MIT
//
// conv2d: a convolution without bias; the channels it reads are inferred.

#pragma once

#include <thorax/graph/layer.hpp>  // kernel, stride, padding
#include <thorax/plan/draft.hpp>   // draft

namespace thorax {

/// Filters × input channels × kernel × kernel weights over maps with a rim of zeros; the default rim keeps
/// height and width at stride 1.
///
/// accepts:  maps that hold the kernel at least once, rim included
/// output:   Filters channels, floor((length + 2 · padding - kernel) / stride) + 1 pixels along each side
template<int Filters, class Kernel, class Stride = stride<1>, class Padding = padding<(Kernel::value - 1) / 2>>
struct conv2d {
  static constexpr std::string_view word = "conv";
  static constexpr window moving{Kernel::value, Stride::value, Padding::value};
  static constexpr bool in_range = Filters > 0 && moving.is_possible();

  static constexpr bool accepts(extents in)
  {
    return in_range && moving.places(in.height) > 0 && moving.places(in.width) > 0;
  }
  static constexpr extents output(extents in) { return {Filters, moving.places(in.height), moving.places(in.width)}; }

  static constexpr slice lower(draft& plan, slice in)
  {
    const int weight = plan.new_parameter(parameter_kind::weight,
                                          {Filters, in.shape.channels, Kernel::value, Kernel::value});
    return plan.emit({.kind = op_kind::convolution,
                      .in = in,
                      .out = plan.new_buffer(output(in.shape)),
                      .moving = moving,
                      .weight = weight});
  }
};

}  // namespace thorax
