// SPDX-License-Identifier: MIT
//
// color_map: a number becomes a color. Violet over red to pale yellow, in equal steps of lightness, so that the
// order survives color blindness and a gray print.

#pragma once

#include <algorithm>  // clamp, min
#include <array>
#include <cmath>    // cos, pow, sin
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t
#include <numbers>  // pi

namespace thorax {

/// Red, green, blue.
using rgb = std::array<std::uint8_t, 3>;

namespace detail {

/// A color given in linear light as an sRGB sample; IEC 61966-2-1.
inline std::uint8_t srgb(double linear)
{
  linear = std::clamp(linear, 0.0, 1.0);
  const double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(255.0 * encoded + 0.5);
}

/// Oklab's lightness, chroma and hue (in degrees) as sRGB. Matrices: B. Ottosson, "A perceptual color space for
/// image processing", 2020.
inline rgb color_of(double lightness, double chroma, double hue)
{
  const double a = chroma * std::cos(hue * std::numbers::pi / 180);
  const double b = chroma * std::sin(hue * std::numbers::pi / 180);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {srgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          srgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          srgb(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

/// The map at 256 places: lightness grows evenly from 0.3 to 0.93, the hue turns evenly from violet (290°) over
/// red (390°) to yellow (465°).
[[gnu::cold]] inline std::array<rgb, 256> computed_colors()
{
  std::array<rgb, 256> colors{};
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const double t = static_cast<double>(i) / 255.0;
    colors[i] = color_of(0.3 + 0.63 * t, 0.17, 290.0 + 175.0 * t);
  }
  return colors;
}

}  // namespace detail

/// returns:  the color of `value`: dark violet at 0, pale yellow at 1; values outside [0, 1], and what is no
///           number, are taken as the nearer end and 0
/// cost:     a look-up; 256 colors are computed at the first call
inline rgb color_map(double value)
{
  static const std::array<rgb, 256> colors = detail::computed_colors();
  return value > 0 ? colors[static_cast<std::size_t>(std::min(value, 1.0) * 255.0 + 0.5)] : colors[0];
}

}  // namespace thorax
