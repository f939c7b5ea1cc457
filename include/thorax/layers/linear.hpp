// SPDX-License-Identifier: MIT
//
// linear: every output is a weighted sum of all inputs, plus a bias.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// accepts:  1x1 maps only: pool first
/// output:   Outputs channels of 1x1 maps
template<int Outputs>
struct linear {
  static constexpr std::string_view word = "linear";
  static constexpr bool in_range = Outputs > 0;

  static constexpr bool accepts(extents in) { return in_range && in.height == 1 && in.width == 1; }
  static constexpr extents output(extents) { return {Outputs, 1, 1}; }

  static constexpr slice lower(draft& plan, slice in)
  {
    const int weight = plan.new_parameter(parameter_kind::weight, {Outputs, in.shape.channels});
    const int bias = plan.new_parameter(parameter_kind::bias, {Outputs});
    return plan.emit({.kind = op_kind::linear,
                      .in = in,
                      .out = plan.new_buffer(output(in.shape)),
                      .weight = weight,
                      .bias = bias});
  }
};

}  // namespace thorax
