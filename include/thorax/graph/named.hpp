// SPDX-License-Identifier: MIT
//
// named: gives a layer the name it has in a weights file, where counting alone would give another.

#pragma once

#include <thorax/base/fixed_string.hpp>  // fixed_string
#include <thorax/graph/layer.hpp>        // layer

namespace thorax {

/// `named<"conv0", conv2d<64, kernel<7>, stride<2>>>` is that layer under that name, not numbered.
template<fixed_string Name, layer Layer>
struct named {
  using bearer = Layer;
  static constexpr auto name = Name;

  static constexpr bool accepts(extents in) { return Layer::accepts(in); }
  static constexpr extents output(extents in) { return Layer::output(in); }
};

}  // namespace thorax
