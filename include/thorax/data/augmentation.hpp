// SPDX-License-Identifier: MIT
//
// augmentation: the same film, turned, moved, stretched and mirrored a little, so that a network cannot learn
// it by heart. What is drawn is a pure function of a random stream; the pixels are those of Keras' generator.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/base/random.hpp>  // random_stream
#include <thorax/tensor/view.hpp>  // view

#include <algorithm>  // clamp, reverse
#include <cmath>      // cos, sin, floor
#include <string>

namespace thorax {

/// How far a film may be changed; each number is the half width of a uniform distribution.
struct augmentation {
  float rotation_degrees{10};
  float shift{.05F};  ///< of the height or width
  float zoom{.1F};    ///< height and width are stretched independently by factors from 1 - zoom to 1 + zoom
  bool flip{true};    ///< mirror every other film; hides which side is which, so never for showing

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

/// throws:  error{wrong_usage} for a range that is negative, not finite, or a zoom of 1 and more
inline void ensure_usable(const augmentation& rule)
{
  const bool usable = rule.rotation_degrees >= 0 && rule.rotation_degrees <= 180 && rule.shift >= 0 &&
                      rule.shift <= 1 && rule.zoom >= 0 && rule.zoom < 1;
  ensure(usable, error_code::wrong_usage, [&] {
    return "augmentation: expected a rotation from 0 to 180 degrees, a shift from 0 to 1 and a zoom from 0 to below 1, "
           "found " + std::to_string(rule.rotation_degrees) + ", " + std::to_string(rule.shift) + " and " +
           std::to_string(rule.zoom) + "; choose smaller changes, or 0 for none";
  });
}

/// Draws in Keras' order: rotation, vertical shift, horizontal shift, vertical zoom, horizontal zoom, flip.
///
/// returns:  a pure function of rule and stream; give every (seed, epoch, film) a stream of its own
inline drawn_transform draw(const augmentation& rule, const random_stream& stream)
{
  constexpr double radians_a_degree = 3.141592653589793 / 180;
  const double rotation = static_cast<double>(rule.rotation_degrees) * radians_a_degree;
  const auto shift = static_cast<double>(rule.shift), zoom = static_cast<double>(rule.zoom);
  return {.theta = stream.uniform(0, -rotation, rotation),
          .shift_y = stream.uniform(1, -shift, shift),
          .shift_x = stream.uniform(2, -shift, shift),
          .zoom_y = stream.uniform(3, 1 - zoom, 1 + zoom),
          .zoom_x = stream.uniform(4, 1 - zoom, 1 + zoom),
          .flip = rule.flip && stream.uniform(5) < .5};
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
