// SPDX-License-Identifier: MIT
//
// extents: channels, height and width as one structural value, so that a shape may be a template argument.

#pragma once

#include <cstddef>  // size_t

namespace thorax {

/// The extents of one sample's feature maps. Index order is always channels, height, width.
struct extents {
  int channels{};
  int height{};
  int width{};

  [[nodiscard]] constexpr std::size_t pixels() const
  {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  }
  [[nodiscard]] constexpr std::size_t size() const
  {
    return static_cast<std::size_t>(channels) * pixels();
  }

  friend constexpr bool operator==(const extents&, const extents&) = default;
};

}  // namespace thorax
