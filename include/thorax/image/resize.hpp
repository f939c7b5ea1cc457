// SPDX-License-Identifier: MIT
//
// resize: a film at other extents, by a kind that has a name because it travels with the weights.

#pragma once

#include <thorax/base/error.hpp>      // error
#include <thorax/image/area.hpp>      // resize_area
#include <thorax/image/bilinear.hpp>  // resize_bilinear
#include <thorax/image/image.hpp>     // image
#include <thorax/image/nearest.hpp>   // resize_nearest

#include <array>
#include <cstddef>  // size_t
#include <string>
#include <string_view>

namespace thorax {

/// How the frame is brought to new extents. All of it is kept, its proportions are not.
enum class resize_kind {
  area,      ///< the exact mean of what each new pixel covers; linear along an axis that grows
  bilinear,  ///< Pillow's BILINEAR, sample for sample; averages when it shrinks
  nearest    ///< Pillow's NEAREST, sample for sample; skips pixels: Keras' default
};

namespace detail {

inline constexpr std::array<std::string_view, 3> resize_names{"area", "bilinear", "nearest"};

}  // namespace detail

/// returns:  "area", "bilinear" or "nearest": what stands in a weights file
constexpr std::string_view name_of(resize_kind kind)
{
  return detail::resize_names[static_cast<std::size_t>(kind)];
}

/// throws:  error{wrong_usage} for any other name
inline resize_kind resize_kind_named(std::string_view name)
{
  for (std::size_t i = 0; i < detail::resize_names.size(); ++i)
    if (detail::resize_names[i] == name) return static_cast<resize_kind>(i);
  throw error{error_code::wrong_usage,
              "resize: expected area, bilinear or nearest, found '" + std::string{name} + "'; use one of the three"};
}

/// Working memory of `resize`; kept between films it is allocated once.
struct resize_scratch {
  area_scratch area;
  bilinear_scratch bilinear;
  nearest_scratch nearest;
};

/// Writes `film` at height × width into `out`, with the same channels.
///
/// throws:  error{does_not_fit}
/// memory:  allocates only when `scratch` or `out` never held as much
inline void resize(const image& film, int height, int width, resize_kind kind, resize_scratch& scratch, image& out)
{
  if (kind == resize_kind::bilinear) return resize_bilinear(film, height, width, scratch.bilinear, out);
  if (kind == resize_kind::nearest) return resize_nearest(film, height, width, scratch.nearest, out);
  resize_area(film, height, width, scratch.area, out);
}

/// returns:  the film at height × width, with the same channels
/// throws:   error{does_not_fit}
inline image resized(const image& film, int height, int width, resize_kind kind = resize_kind::area)
{
  resize_scratch scratch;
  image out;
  resize(film, height, width, kind, scratch, out);
  return out;
}

}  // namespace thorax
