// SPDX-License-Identifier: MIT
//
// append: what arrives, followed by what a body makes of it. DenseNet's one idea.
// Comes after graph/chain.hpp, is used by networks/densenet.hpp.

#pragma once

#include <thorax/graph/chain.hpp>  // chain

namespace thorax {

/// A layer whose output is its input with the body's channels added behind it.
///
/// accepts:  what the body accepts, provided the body keeps height and width
/// output:   input channels + body channels, same height and width
/// memory:   after the passes of plan/, nothing is copied: the body writes behind its input
/// see:      Huang et al. 2017, "Densely Connected Convolutional Networks", eq. 2
template<layer... Body>
struct append {
  using body = chain<Body...>;

  static constexpr bool keeps_height_and_width(extents in)
  {
    const extents out = body::output(in);
    return out.height == in.height && out.width == in.width;
  }

  static constexpr bool accepts(extents in) { return body::accepts(in) && keeps_height_and_width(in); }

  static constexpr extents output(extents in)
  {
    return {in.channels + body::output(in).channels, in.height, in.width};
  }
};

}  // namespace thorax
