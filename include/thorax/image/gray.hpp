// SPDX-License-Identifier: MIT
//
// gray: a color film becomes a gray one.

#pragma once

#include <thorax/image/image.hpp>  // image, ensure_is_picture

#include <cstdint>  // uint8_t, uint32_t

namespace thorax {

/// The luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, in Pillow's 16-bit fixed point (its mode "L"), rounded.
constexpr std::uint8_t luma(std::uint32_t red, std::uint32_t green, std::uint32_t blue)
{
  return static_cast<std::uint8_t>((red * 19'595 + green * 38'470 + blue * 7'471 + 0x8000) >> 16);
}

/// Writes the gray picture of `film` into `out`.
///
/// throws:   error{does_not_fit}
/// memory:   allocates only when `out` never held as many samples
inline void make_gray(const image& film, image& out)
{
  ensure_is_picture(film);
  if (film.channels == 1) {
    out = film;
    return;
  }
  out.reshape(film.height, film.width, 1);
  const std::uint8_t* color = film.samples.data();
  for (std::uint8_t& sample : out.samples) {
    sample = luma(color[0], color[1], color[2]);
    color += 3;
  }
}

/// returns:  the film in one channel; a gray film unchanged
inline image gray(const image& film)
{
  image out;
  make_gray(film, out);
  return out;
}

}  // namespace thorax
