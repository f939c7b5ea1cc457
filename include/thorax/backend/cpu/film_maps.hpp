// SPDX-License-Identifier: MIT
//
// film_maps: one film's maps between the two ways in which they lie: channel after channel, as networks train, and pixel
// after pixel, as kernels multiply.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/cpu/kernels/kernel_table.hpp>  // kernel_table
#include <thorax/backend/cpu/planes.hpp>  // even_share, shares_of
#include <thorax/backend/workers.hpp>  // workers
#include <thorax/tensor/pixel_view.hpp>  // pixel_view
#include <thorax/tensor/view.hpp>  // view

#include <algorithm>  // min
#include <cstddef>  // ptrdiff_t
#include <limits>  // infinity

namespace thorax {

/// Channels [first, first + channels) of one film of a batch.
template<class Number>
struct film_channels {
  const view<Number>& batch;
  int film{};
  int first{};
  int channels{};

  [[nodiscard]] Number* data() const { return batch.channel(film, first); }
  [[nodiscard]] std::ptrdiff_t plane() const { return static_cast<std::ptrdiff_t>(batch.shape.pixels()); }
};

/// Writes pixels [first, last) with their channels activated, and zeros behind them up to `width`.
inline void interleave(const kernels::kernel_table& with, const film_channels<const float>& maps,
                       const activation_rule<float>& before, int first, int last, float* pixels, int width)
{
  const kernels::activation rule{before.scale == nullptr ? nullptr : before.scale + maps.first,
                                 before.shift == nullptr ? nullptr : before.shift + maps.first,
                                 before.relu ? 0.0F : -std::numeric_limits<float>::infinity()};
  with.interleave({maps.data(), maps.plane(), maps.channels, rule, first, last, pixels, width, width});
}

/// All pixels of a film, in shares.
inline void interleave_film(const workers& w, const kernels::kernel_table& with,
                            const film_channels<const float>& maps, const activation_rule<float>& before,
                            float* pixels, int width)
{
  constexpr int together = 512;
  const auto count = static_cast<int>(maps.plane());
  w.run(shares_of(count, together), [&](int share, int) {
    const int first = share * together;
    interleave(with, maps, before, first, std::min(first + together, count),
               pixels + static_cast<std::ptrdiff_t>(first) * width, width);
  });
}

/// The way back: into the film's maps, or added to them.
inline void separate_film(const workers& w, const kernels::kernel_table& with, const pixel_view<const float>& made,
                          const film_channels<float>& maps, bool adds)
{
  constexpr int together = 512;
  const auto count = static_cast<int>(maps.plane());
  w.run(shares_of(count, together), [&](int share, int) {
    const int first = share * together;
    with.separate({made.pixel(first), made.stride, maps.channels, first, std::min(first + together, count),
                   maps.data(), maps.plane(), adds});
  });
}

}  // namespace thorax
