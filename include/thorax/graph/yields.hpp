// SPDX-License-Identifier: MIT
//
// yields: a shape written between layers, as one writes it in a comment, but checked by the compiler.

#pragma once

#include <thorax/tensor/extents.hpp>  // extents

namespace thorax {

/// Does nothing to the maps; accepts only the promised extents.
template<int Channels, int Height, int Width>
struct yields {
  static constexpr extents promised{Channels, Height, Width};

  static constexpr bool accepts(extents in) { return in == promised; }
  static constexpr extents output(extents in) { return in; }
};

}  // namespace thorax
