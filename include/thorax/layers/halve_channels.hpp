// SPDX-License-Identifier: MIT
//
// halve_channels: DenseNet's compression by one half, so that no width is written twice.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// A 1x1 convolution without bias to half as many channels.
///
/// accepts:  an even number of channels
/// see:      Huang et al. 2017, section 3, "Compression", θ = 0.5
struct halve_channels {
  static constexpr std::string_view word = "conv";

  static constexpr bool accepts(extents in) { return in.channels % 2 == 0; }
  static constexpr extents output(extents in) { return {in.channels / 2, in.height, in.width}; }

  static constexpr slice lower(draft& plan, slice in)
  {
    const int weight = plan.new_parameter(parameter_kind::weight,
                                          {in.shape.channels / 2, in.shape.channels, 1, 1});
    return plan.emit({.kind = op_kind::convolution,
                      .in = in,
                      .out = plan.new_buffer(output(in.shape)),
                      .weight = weight});
  }
};

}  // namespace thorax
