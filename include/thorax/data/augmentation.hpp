// SPDX-License-Identifier: MIT
//
// augmentation: the same film, turned, moved, stretched, cropped and mirrored, so that a network cannot learn it by
// heart. What is drawn is a pure function of a random stream; the pixels are those of Keras' generator.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/base/random.hpp>  // random_stream
#include <thorax/tensor/view.hpp>  // view

#include <algorithm>  // clamp, reverse
#include <cmath>      // cos, exp, log, sin, sqrt
#include <cstdint>    // uint64_t
#include <string>

namespace thorax {

/// How far a film may be changed; each number but that of `crop` is the half width of a uniform distribution.
struct augmentation {
  float rotation_degrees{10};
  float shift{.05F};  ///< of the height or width
  float zoom{.1F};    ///< height and width are stretched independently by factors from 1 - zoom to 1 + zoom
  bool flip{true};    ///< mirror every other film; hides which side is which, so never for showing
  float brightness{};  ///< of the range from black to white; how gray levels change is in intensity.hpp
  float contrast{};    ///< gray levels' distances from the middle are multiplied by 1 - contrast to 1 + contrast
  float gamma{};       ///< of the natural logarithm of the exponent
  float crop{1};       ///< the least share of the film's area that is shown; 1: all of it

  friend bool operator==(const augmentation&, const augmentation&) = default;
};

/// No change at all.
inline constexpr augmentation no_augmentation{0, 0, 0, false};

/// One drawn change of one film. A zoom above 1 makes what is seen smaller.
struct drawn_transform {
  double theta{};    ///< radians
  double shift_y{};  ///< of the height
  double shift_x{};  ///< of the width
  double zoom_y{1};
  double zoom_x{1};
  bool flip{};

  friend bool operator==(const drawn_transform&, const drawn_transform&) = default;
};

/// throws:  error{wrong_usage} for a range that is negative, not finite, or too wide, and for a crop to nothing
inline void ensure_usable(const augmentation& rule)
{
  const bool usable = rule.rotation_degrees >= 0 && rule.rotation_degrees <= 180 && rule.shift >= 0 &&
                      rule.shift <= 1 && rule.zoom >= 0 && rule.zoom < 1;
  ensure(usable, error_code::wrong_usage, [&] {
    return "augmentation: expected a rotation from 0 to 180 degrees, a shift from 0 to 1 and a zoom from 0 to below 1, "
           "found " + std::to_string(rule.rotation_degrees) + ", " + std::to_string(rule.shift) + " and " +
           std::to_string(rule.zoom) + "; choose smaller changes, or 0 for none";
  });
  const bool gray_usable = rule.brightness >= 0 && rule.brightness <= 1 && rule.contrast >= 0 && rule.contrast < 1 &&
                           rule.gamma >= 0 && rule.gamma <= 2;
  ensure(gray_usable, error_code::wrong_usage, [&] {
    return "augmentation: expected a brightness from 0 to 1, a contrast from 0 to below 1 and a gamma from 0 to 2, found " +
           std::to_string(rule.brightness) + ", " + std::to_string(rule.contrast) + " and " +
           std::to_string(rule.gamma) + "; choose smaller changes, or 0 for none";
  });
  ensure(rule.crop >= .01F && rule.crop <= 1, error_code::wrong_usage, [&] {
    return "augmentation: expected a crop to a share of the area from 0.01 to 1, found " + std::to_string(rule.crop) +
           "; choose a larger share, or 1 for the whole film";
  });
}

namespace detail {

/// A part of the film in shares of its sides: how much is seen, and how far its middle is from the film's.
struct drawn_crop {
  double height{1};
  double width{1};
  double middle_y{};
  double middle_x{};
};

/// As torchvision's RandomResizedCrop of a square: a share of the area from `least` to 1, the logarithm of width by
/// height from that of 3/4 to that of 4/3, drawn again up to ten times until the part lies within the film, else the
/// whole film. Its borders need not fall between pixels.
inline drawn_crop draw_crop(double least, const random_stream& stream)
{
  const double widest = std::log(4.0 / 3);
  for (std::uint64_t trial = 0; trial < 10; ++trial) {
    const double area = stream.uniform(4 * trial, least, 1);
    const double aspect = std::exp(stream.uniform(4 * trial + 1, -widest, widest));
    const double height = std::sqrt(area / aspect), width = std::sqrt(area * aspect);
    if (height > 1 || width > 1) continue;
    return {height, width, stream.uniform(4 * trial + 2, -.5, .5) * (1 - height),
            stream.uniform(4 * trial + 3, -.5, .5) * (1 - width)};
  }
  return {};
}

/// The change of the film, and of what it shows only a part: both stretch and move along the film's sides before it is
/// turned, so that together they are one change, and pixels are interpolated once.
inline drawn_transform with_crop(drawn_transform drawn, const drawn_crop& crop)
{
  drawn.shift_y += drawn.zoom_y * crop.middle_y;
  drawn.shift_x += drawn.zoom_x * crop.middle_x;
  drawn.zoom_y *= crop.height;
  drawn.zoom_x *= crop.width;
  return drawn;
}

}  // namespace detail

/// Draws in Keras' order: rotation, vertical shift, horizontal shift, vertical zoom, horizontal zoom, flip; then, from
/// a stream of its own, the crop, which makes the zoom and the shift those of a part.
///
/// returns:  a pure function of rule and stream; give every (seed, epoch, film) a stream of its own
inline drawn_transform draw(const augmentation& rule, const random_stream& stream)
{
  constexpr double radians_a_degree = 3.141592653589793 / 180;
  const double rotation = static_cast<double>(rule.rotation_degrees) * radians_a_degree;
  const auto shift = static_cast<double>(rule.shift), zoom = static_cast<double>(rule.zoom);
  const drawn_transform whole{.theta = stream.uniform(0, -rotation, rotation),
                              .shift_y = stream.uniform(1, -shift, shift),
                              .shift_x = stream.uniform(2, -shift, shift),
                              .zoom_y = stream.uniform(3, 1 - zoom, 1 + zoom),
                              .zoom_x = stream.uniform(4, 1 - zoom, 1 + zoom),
                              .flip = rule.flip && stream.uniform(5) < .5};
  if (!(rule.crop < 1)) return whole;
  return detail::with_crop(whole, detail::draw_crop(static_cast<double>(rule.crop), stream / 0));
}

namespace detail {

/// Where a pixel's value comes from along one axis: two neighbors and the share of the second. Beyond the edge
/// the edge goes on.
struct neighbors {
  neighbors(double coordinate, int size)
  {
    const double inside = std::clamp(coordinate, 0.0, static_cast<double>(size - 1));
    first = static_cast<int>(inside);
    second = std::min(first + 1, size - 1);
    share = inside - first;
  }

  int first{};
  int second{};
  double share{};
};

inline void mirror_rows(view<float> maps)
{
  for (int c = 0; c < maps.shape.channels; ++c)
    for (int y = 0; y < maps.shape.height; ++y) {
      float* row = &maps(0, c, y, 0);
      std::reverse(row, row + maps.shape.width);
    }
}

}  // namespace detail

/// Writes the changed film into sample 0 of `out`. With (x, y) counted from the middle of the film, ((w-1)/2,
/// (h-1)/2), the pixel at p is read at R(θ)·(Z·p + t), between pixels bilinearly, beyond the edge from the edge;
/// then the film is mirrored if the flip says so.
///
/// For square films these are Keras' pixels, as of its ImageDataGenerator with fill_mode "nearest". For others
/// Keras exchanges the two halves of the middle, which moves the film; this does not. Keras also calls
/// "height_shift" and "zoom_x" what moves and stretches along the other axis; here names mean what they say.
///
/// throws:  error{does_not_fit} unless both have one shape; they must not overlap
/// memory:  allocates nothing
inline void apply(const drawn_transform& drawn, view<const float> in, view<float> out)
{
  ensure(in.shape == out.shape && in.samples >= 1 && out.samples >= 1,
         "augmentation: expected room for one film of the same extents as the one that arrives");
  const int height = in.shape.height, width = in.shape.width;
  const double middle_y = (height - 1) / 2.0, middle_x = (width - 1) / 2.0;
  const double cosine = std::cos(drawn.theta), sine = std::sin(drawn.theta);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double stretched_y = drawn.zoom_y * (y - middle_y) + drawn.shift_y * height;
      const double stretched_x = drawn.zoom_x * (x - middle_x) + drawn.shift_x * width;
      const detail::neighbors row{sine * stretched_x + cosine * stretched_y + middle_y, height};
      const detail::neighbors column{cosine * stretched_x - sine * stretched_y + middle_x, width};
      for (int c = 0; c < in.shape.channels; ++c) {
        const auto between = [&](int from_y) {
          const auto left = static_cast<double>(in(0, c, from_y, column.first));
          return left + column.share * (static_cast<double>(in(0, c, from_y, column.second)) - left);
        };
        const double above = between(row.first);
        out(0, c, y, x) = static_cast<float>(above + row.share * (between(row.second) - above));
      }
    }
  if (drawn.flip) detail::mirror_rows(out);
}

}  // namespace thorax
