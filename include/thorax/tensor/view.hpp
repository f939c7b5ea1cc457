// SPDX-License-Identifier: MIT
//
// view: a borrowed batch of feature maps. It may be a slice of channels of a larger buffer, which is how
// DenseNet's concatenations cost nothing.

#pragma once

#include <thorax/tensor/extents.hpp>  // extents

#include <cstddef>      // ptrdiff_t
#include <type_traits>  // add_const_t

namespace thorax {

/// samples × channels × height × width numbers; a channel's pixels are contiguous, channels follow each
/// other, and samples lie `sample_stride` numbers apart.
template<class Number>
struct view {
  Number* data{};
  int samples{};
  extents shape{};
  std::ptrdiff_t sample_stride{};

  /// A view of a batch that is contiguous as a whole.
  static constexpr view packed(Number* data, int samples, extents shape)
  {
    return {data, samples, shape, static_cast<std::ptrdiff_t>(shape.size())};
  }

  [[nodiscard]] constexpr Number* sample(int n) const { return data + n * sample_stride; }

  [[nodiscard]] constexpr Number* channel(int n, int c) const
  {
    return sample(n) + static_cast<std::ptrdiff_t>(c) * static_cast<std::ptrdiff_t>(shape.pixels());
  }

  [[nodiscard]] constexpr Number& operator()(int n, int c, int y, int x) const
  {
    return channel(n, c)[static_cast<std::ptrdiff_t>(y) * shape.width + x];
  }

  /// The same maps, one sample only, or some that follow each other.
  [[nodiscard]] constexpr view only(int n) const { return some(n, 1); }
  [[nodiscard]] constexpr view some(int first, int count) const { return {sample(first), count, shape, sample_stride}; }

  // NOLINTNEXTLINE(google-explicit-constructor): what may be written may be read.
  constexpr operator view<std::add_const_t<Number>>() const
    requires(!std::is_const_v<Number>)
  {
    return {data, samples, shape, sample_stride};
  }
};

}  // namespace thorax
