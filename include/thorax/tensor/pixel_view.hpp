// SPDX-License-Identifier: MIT
//
// pixel_view: borrowed feature maps, channels last, which is how networks predict: a slice of a
// buffer's channels is a view of any width at any place, and a pixel's numbers fill vector registers as they lie.

#pragma once

#include <thorax/tensor/extents.hpp>  // extents
#include <thorax/tensor/view.hpp>     // view

#include <cstddef>      // ptrdiff_t
#include <type_traits>  // add_const_t, is_const_v

namespace thorax {

/// height × width pixels of `shape.channels` numbers that lie side by side; the next pixel begins `stride` numbers
/// behind the last, because the buffer may have more channels than these. Where a backend takes several films at once,
/// the pixels of the next film follow those of the last as if they were its next rows.
template<class Number>
struct pixel_view {
  Number* data{};
  extents shape{};
  std::ptrdiff_t stride{};
  int films{1};

  /// returns:  the first channel of a pixel, pixels counted row by row
  [[nodiscard]] constexpr Number* pixel(std::ptrdiff_t number) const { return data + number * stride; }
  [[nodiscard]] constexpr Number* pixel(int y, int x) const
  {
    return pixel(static_cast<std::ptrdiff_t>(y) * shape.width + x);
  }

  [[nodiscard]] constexpr Number& operator()(int c, int y, int x) const { return pixel(y, x)[c]; }

  // NOLINTNEXTLINE(google-explicit-constructor): what may be written may be read.
  constexpr operator pixel_view<std::add_const_t<Number>>() const
    requires(!std::is_const_v<Number>)
  {
    return {data, shape, stride, films};
  }
};

/// Writes one film's channels, given one after the other, side by side.
///
/// requires: both of the same extents, no memory shared
inline void interleave(const view<const float>& film, const pixel_view<float>& maps)
{
  const auto pixels = static_cast<std::ptrdiff_t>(maps.shape.pixels());
  for (int c = 0; c < maps.shape.channels; ++c) {
    const float* const plane = film.channel(0, c);
    for (std::ptrdiff_t p = 0; p < pixels; ++p) maps.pixel(p)[c] = plane[p];
  }
}

/// The way back.
inline void separate(const pixel_view<const float>& maps, const view<float>& film)
{
  const auto pixels = static_cast<std::ptrdiff_t>(maps.shape.pixels());
  for (int c = 0; c < maps.shape.channels; ++c) {
    float* const plane = film.channel(0, c);
    for (std::ptrdiff_t p = 0; p < pixels; ++p) plane[p] = maps.pixel(p)[c];
  }
}

}  // namespace thorax
