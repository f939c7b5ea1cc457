// SPDX-License-Identifier: MIT
//
// augmented: samples become slightly other ones, lazily: `samples | augmented(seed, epoch, rule, levels)`.

#pragma once

#include <thorax/data/augmentation.hpp>  // augmentation, ensure_usable, draw, apply
#include <thorax/data/intensity.hpp>     // draw_intensity
#include <thorax/data/sample.hpp>        // sample

#include <range/v3/view/transform.hpp>

#include <cstdint>  // uint64_t

namespace thorax {

/// Pipeable. What happens to a film is a pure function of (seed, epoch, film): whichever thread asks, in whatever
/// order, the pixels are the same.
///
/// accepts:  samples normalized as `levels` says
/// throws:   error{wrong_usage} at once for a rule that makes no sense, as ensure_usable
inline auto augmented(std::uint64_t seed, int epoch, const augmentation& rule, const preprocessing& levels)
{
  ensure_usable(rule);
  const random_stream lots = random_stream{seed} / static_cast<std::uint64_t>(epoch);
  return ranges::views::transform([lots, rule, levels](const sample& original) {
    sample changed{tensor::from_shape(original.pixels.shape()), original.finding, original.index};
    const view<float> out = view<float>::packed(changed.pixels.data(), 1, extents_of(changed.pixels));
    const random_stream lot = lots / original.index;
    apply(draw(rule, lot), view_of(original.pixels), out);
    apply(draw_intensity(rule, lot), levels, out);
    return changed;
  });
}

}  // namespace thorax
