// SPDX-License-Identifier: MIT
//
// overlay: a heat map laid over its film, with the words that every exported picture carries.

#pragma once

#include <thorax/explain/heat_map.hpp>   // heat_map, upsampled
#include <thorax/explain/notice.hpp>     // with_notice
#include <thorax/image/blend.hpp>        // blended
#include <thorax/image/color_map.hpp>    // color_map
#include <thorax/image/image.hpp>        // image

#include <cstddef>  // size_t
#include <vector>

namespace thorax {

/// returns:  a color picture of the film's size: the more a place spoke for the finding, the more of its color;
///           below it a strip that says what this is not. An empty map leaves the film as it is.
inline image overlay(const image& film, const heat_map& map, double opacity = 0.55)
{
  std::vector<float> strength = upsampled(map, film.height, film.width);
  image colors{film.height, film.width, 3};
  for (std::size_t i = 0; i < strength.size(); ++i) {
    const rgb color = color_map(static_cast<double>(strength[i]));
    for (std::size_t c = 0; c < 3; ++c) colors.samples[3 * i + c] = color[c];
    strength[i] *= static_cast<float>(opacity);
  }
  return with_notice(blended(film, colors, strength));
}

}  // namespace thorax
