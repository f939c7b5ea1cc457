// SPDX-License-Identifier: MIT
//
// intensity: the same film, brighter or darker, harder or softer, as another scanner or another exposure would have it.

#pragma once

#include <thorax/base/random.hpp>          // random_stream
#include <thorax/data/augmentation.hpp>    // augmentation
#include <thorax/image/preprocessing.hpp>  // preprocessing
#include <thorax/tensor/view.hpp>          // view

#include <algorithm>  // clamp
#include <cmath>      // exp, pow
#include <cstddef>    // size_t

namespace thorax {

/// One drawn change of one film's gray levels, from 0, black, to 1, white: x becomes
/// clamp(1/2 + contrast · (x - 1/2) + brightness, 0, 1)^gamma.
struct drawn_intensity {
  double contrast{1};
  double brightness{};
  double gamma{1};

  friend bool operator==(const drawn_intensity&, const drawn_intensity&) = default;
};

/// returns:  a pure function of rule and stream, with the numbers 6, 7 and 8 of the stream that `draw` begins
inline drawn_intensity draw_intensity(const augmentation& rule, const random_stream& stream)
{
  const auto contrast = static_cast<double>(rule.contrast), brightness = static_cast<double>(rule.brightness);
  const auto gamma = static_cast<double>(rule.gamma);
  return {.contrast = stream.uniform(6, 1 - contrast, 1 + contrast),
          .brightness = stream.uniform(7, -brightness, brightness),
          .gamma = std::exp(stream.uniform(8, -gamma, gamma))};
}

/// Changes the gray levels of a view's first sample, which are normalized as `levels` says: they are taken back to
/// [0, 1], changed, and normalized again, each channel by its own mean and deviation.
///
/// memory:  allocates nothing
inline void apply(const drawn_intensity& drawn, const preprocessing& levels, view<float> film)
{
  if (drawn == drawn_intensity{}) return;  // so that every bit stays
  for (int c = 0; c < film.shape.channels; ++c) {
    const auto mean = static_cast<double>(levels.mean[static_cast<std::size_t>(c)]);
    const auto deviation = static_cast<double>(levels.deviation[static_cast<std::size_t>(c)]);
    for (int y = 0; y < film.shape.height; ++y)
      for (int x = 0; x < film.shape.width; ++x) {
        float& value = film(0, c, y, x);
        const double level = static_cast<double>(value) * deviation + mean;
        const double moved = std::clamp(.5 + drawn.contrast * (level - .5) + drawn.brightness, 0.0, 1.0);
        value = static_cast<float>((std::pow(moved, drawn.gamma) - mean) / deviation);
      }
  }
}

}  // namespace thorax
