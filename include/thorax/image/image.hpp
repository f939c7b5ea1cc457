// SPDX-License-Identifier: MIT
//
// image: a picture in memory, gray or color, eight bits a sample.

#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // uint8_t
#include <vector>

namespace thorax {

/// height × width × channels samples, rows first, channels interleaved; 1 channel is gray, 3 are red, green, blue.
struct image {
  int height{};
  int width{};
  int channels{1};
  std::vector<std::uint8_t> samples;

  image() = default;
  image(int height_, int width_, int channels_)
    : height{height_}, width{width_}, channels{channels_},
      samples(static_cast<std::size_t>(height_) * static_cast<std::size_t>(width_) *
              static_cast<std::size_t>(channels_))
  {
  }

  [[nodiscard]] std::uint8_t& at(int y, int x, int c = 0) { return samples[index(y, x, c)]; }
  [[nodiscard]] std::uint8_t at(int y, int x, int c = 0) const { return samples[index(y, x, c)]; }

  friend bool operator==(const image&, const image&) = default;

private:
  [[nodiscard]] std::size_t index(int y, int x, int c) const
  {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
             static_cast<std::size_t>(channels) +
           static_cast<std::size_t>(c);
  }
};

}  // namespace thorax
