// SPDX-License-Identifier: MIT
//
// loops: the order in which the reference kernels visit numbers, written once.

#pragma once

#include <thorax/tensor/view.hpp>  // view

#include <type_traits>  // type_identity_t

namespace thorax {

/// An argument that takes no part in deducing Number, so that a view<float> may be given where a
/// view<const float> is read, and `{}` where there is no rule.
template<class Type>
using given = std::type_identity_t<Type>;

/// Calls `visit(n, c, y, x)` for every number of the view, in the order of memory.
template<class Number, class Visit>
constexpr void for_each_number(const view<Number>& maps, Visit&& visit)
{
  for (int n = 0; n < maps.samples; ++n)
    for (int c = 0; c < maps.shape.channels; ++c)
      for (int y = 0; y < maps.shape.height; ++y)
        for (int x = 0; x < maps.shape.width; ++x) visit(n, c, y, x);
}

/// Calls `visit(n, y, x)` for every pixel of one channel in all samples.
template<class Number, class Visit>
constexpr void for_each_pixel(const view<Number>& maps, Visit&& visit)
{
  for (int n = 0; n < maps.samples; ++n)
    for (int y = 0; y < maps.shape.height; ++y)
      for (int x = 0; x < maps.shape.width; ++x) visit(n, y, x);
}

/// returns:  whether the pixel lies inside the maps, not in the padding around them
constexpr bool inside(const extents& shape, int y, int x)
{
  return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
}

}  // namespace thorax
