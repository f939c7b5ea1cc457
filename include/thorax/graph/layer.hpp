// SPDX-License-Identifier: MIT
//
// layer: what a type must offer to stand in a network.

#pragma once

#include <thorax/tensor/extents.hpp>  // extents

#include <concepts>  // same_as

namespace thorax {

/// A layer says which extents it accepts and what it makes of them. Both are questions about shapes only;
/// layers/ adds how a layer is lowered to a plan.
template<class Layer>
concept layer = requires(extents in) {
  { Layer::accepts(in) } -> std::same_as<bool>;
  { Layer::output(in) } -> std::same_as<extents>;
};

/// Layers with parameters say whether these make sense: `in_range`. They accept nothing if they do not, and
/// graph/diagnosis.hpp gives that as the reason, once, instead of an assertion in every template.
template<class Layer>
concept is_out_of_range = requires { requires !Layer::in_range; };

/// Where a chain of layers stops fitting: the first layer that refuses, and what arrived at it.
struct fault {
  int position{-1};
  extents arriving{};

  [[nodiscard]] constexpr bool exists() const { return position >= 0; }
};

/// The side of a square window.
template<int Pixels>
struct kernel {
  static constexpr int value = Pixels;
};

/// How far a window moves.
template<int Pixels>
struct stride {
  static constexpr int value = Pixels;
};

/// The rim around the maps that a window may reach into.
template<int Pixels>
struct padding {
  static constexpr int value = Pixels;
};

}  // namespace thorax
