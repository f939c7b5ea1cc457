// SPDX-License-Identifier: MIT
//
// image: a picture in memory, gray or color, eight bits a sample.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <cstddef>  // size_t
#include <cstdint>  // uint8_t
#include <string>
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

  /// How many samples one row has: width × channels.
  [[nodiscard]] std::size_t row_samples() const
  {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  }
  [[nodiscard]] std::uint8_t* row(int y) { return samples.data() + static_cast<std::size_t>(y) * row_samples(); }
  [[nodiscard]] const std::uint8_t* row(int y) const
  {
    return samples.data() + static_cast<std::size_t>(y) * row_samples();
  }

  /// Gives the picture new extents; what the samples are then is unspecified.
  ///
  /// memory:   allocates only when the new extents need more than the picture ever held
  void reshape(int new_height, int new_width, int new_channels)
  {
    height = new_height;
    width = new_width;
    channels = new_channels;
    samples.resize(static_cast<std::size_t>(height) * row_samples());
  }

  friend bool operator==(const image&, const image&) = default;

private:
  [[nodiscard]] std::size_t index(int y, int x, int c) const
  {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
             static_cast<std::size_t>(channels) +
           static_cast<std::size_t>(c);
  }
};

/// returns:  "1500x1200 with 3 channels": width first, as people say it
inline std::string extents_in_words(const image& picture)
{
  return std::to_string(picture.width) + "x" + std::to_string(picture.height) + " with " +
         std::to_string(picture.channels) + (picture.channels == 1 ? " channel" : " channels");
}

/// throws:  error{does_not_fit} unless the picture has 1 or 3 channels, at least one pixel, and a sample for each
inline void ensure_is_picture(const image& picture)
{
  const bool has_colors = picture.channels == 1 || picture.channels == 3;
  if (picture.height > 0 && picture.width > 0 && has_colors &&
      picture.samples.size() == static_cast<std::size_t>(picture.height) * picture.row_samples())
    return;
  throw error{error_code::does_not_fit,
              "image: expected at least 1x1 pixels, 1 or 3 channels and one sample for each, found " +
                extents_in_words(picture) + " and " + std::to_string(picture.samples.size()) +
                " samples; read it with read_image or build it with image{height, width, channels}"};
}

}  // namespace thorax
