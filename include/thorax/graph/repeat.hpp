// SPDX-License-Identifier: MIT
//
// repeat: the same part n times, each on what the one before it made; one type and a loop, not n types.

#pragma once

#include <thorax/graph/layer.hpp>  // layer, fault

namespace thorax {

/// accepts:  what Layer accepts, Times times in a row
/// output:   of the last repetition
template<int Times, layer Layer>
struct repeat {
  static constexpr int times = Times;
  static constexpr bool in_range = Times > 0;
  using repeated = Layer;

  static constexpr fault first_fault(extents in)
  {
    for (int i = 0; i < Times; ++i) {
      if (!Layer::accepts(in)) return {i, in};
      in = Layer::output(in);
    }
    return {};
  }

  static constexpr bool accepts(extents in) { return in_range && !first_fault(in).exists(); }

  static constexpr extents output(extents in)
  {
    for (int i = 0; i < Times; ++i) in = Layer::output(in);
    return in;
  }
};

}  // namespace thorax
