// SPDX-License-Identifier: MIT
//
// network: an input and the layers behind it as a whole that fits together, or one diagnosis.

#pragma once

#include <thorax/graph/chain.hpp>      // chain
#include <thorax/graph/diagnosis.hpp>  // diagnosis::verdict

namespace thorax {

/// The extents of one sample as it enters a network.
template<int Channels, int Height, int Width>
struct input {
  static_assert(Channels > 0 && Height > 0 && Width > 0,
                "thorax: input<channels, height, width> needs positive extents");
  static constexpr extents shape{Channels, Height, Width};
};

/// `struct my_network : network<input<3, 300, 300>, features, classifier> {};` compiles only if every layer
/// accepts what the layers before it make.
///
/// see:  docs/reference/diagnosis.md for each message and its cure
template<class Input, layer... Layers>
struct network : private diagnosis::verdict<chain<Layers...>::accepts(Input::shape), chain<Layers...>, Input::shape> {
  using layers = typename chain<Layers...>::layers;
  using whole = chain<Layers...>;
  static constexpr extents input_shape = Input::shape;

  static constexpr bool fits = whole::accepts(Input::shape);
  static constexpr extents output_shape = fits ? whole::output(Input::shape) : extents{};
};

}  // namespace thorax
