// SPDX-License-Identifier: MIT
//
// blend: a colored picture laid over a film.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/image/image.hpp>  // image, ensure_is_picture

#include <cstddef>  // size_t
#include <cstdint>  // uint8_t
#include <span>

namespace thorax {

namespace detail {

/// Samples of the film and of the picture above it, mixed where `opacity_at(pixel)` says how much of the picture
/// is seen.
template<class OpacityAt>
image blended_by(const image& film, const image& above, const OpacityAt& opacity_at)
{
  ensure_is_picture(film);
  ensure_is_picture(above);
  const bool fits = above.height == film.height && above.width == film.width && above.channels == 3;
  ensure(fits, error_code::does_not_fit, [&] {
    return "blended: expected a color picture of the film's extents, the film has " + extents_in_words(film) +
           ", found " + extents_in_words(above) + "; resize the picture to the film";
  });
  image out{film.height, film.width, 3};
  const std::size_t pixels = out.samples.size() / 3;
  const auto channels = static_cast<std::size_t>(film.channels);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    const double opacity = opacity_at(pixel);
    for (std::size_t c = 0; c < 3; ++c) {
      const double below = film.samples[pixel * channels + (channels == 3 ? c : 0)];
      const double mixed_sample = below + opacity * (above.samples[pixel * 3 + c] - below);
      out.samples[pixel * 3 + c] = static_cast<std::uint8_t>(mixed_sample + 0.5);
    }
  }
  return out;
}

}  // namespace detail

/// returns:  film + opacity · (above - film), sample by sample, in color; `above` has three channels
/// throws:   error{does_not_fit} when extents differ or the opacity is outside [0, 1]
inline image blended(const image& film, const image& above, double opacity)
{
  ensure(opacity >= 0 && opacity <= 1, "blended: expected an opacity between 0 (film only) and 1 (picture only)");
  return detail::blended_by(film, above, [opacity](std::size_t) { return opacity; });
}

/// The same with an opacity for each pixel, rows first.
inline image blended(const image& film, const image& above, std::span<const float> opacities)
{
  ensure(opacities.size() == static_cast<std::size_t>(film.height) * static_cast<std::size_t>(film.width),
         "blended: expected one opacity for each pixel of the film");
  for (const float opacity : opacities)
    ensure(opacity >= 0 && opacity <= 1, "blended: expected opacities between 0 (film only) and 1 (picture only)");
  return detail::blended_by(film, above,
                            [opacities](std::size_t pixel) { return static_cast<double>(opacities[pixel]); });
}

}  // namespace thorax
