// SPDX-License-Identifier: MIT
//
// film_maps: one film's maps between the two ways in which they lie: channel after channel, as networks train, and pixel
// after pixel, as kernels multiply.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/cpu/kernels/kernel_table.hpp>  // kernel_table
#include <thorax/backend/cpu/planes.hpp>  // even_share, shares_of
#include <thorax/backend/norm_gradient.hpp>  // norm_sums, read_norm
#include <thorax/backend/workers.hpp>  // workers
#include <thorax/tensor/pixel_view.hpp>  // pixel_view
#include <thorax/tensor/view.hpp>  // view

#include <algorithm>  // fill_n, min
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

/// The way back through the norm with which film `n` was read; see reference_normalization::norm_gradient. A task owns
/// some channels and visits all pixels in their order, so sums are the same however many threads there are.
inline void separate_film_through(const workers& w, const kernels::kernel_table& with,
                                  const pixel_view<const float>& made, const read_norm<float>& read, int n,
                                  norm_sums* sums, const view<float>& d_in)
{
  constexpr int together = 512;
  constexpr int channels_together = 64;
  const int channels = read.maps.shape.channels;
  const auto pixels = static_cast<int>(read.maps.shape.pixels());
  w.run(shares_of(channels, channels_together), [&](int share, int) {
    const int c = share * channels_together;
    const int count = std::min(channels_together, channels - c);
    norm_sums* const own = sums + std::ptrdiff_t{n} * channels + c;
    std::fill_n(own, count, norm_sums{});
    for (int first = 0; first < pixels; first += together)
      with.separate_through_norm({.pixels = made.pixel(first) + c,
                                  .stride = made.stride,
                                  .channels = count,
                                  .first = first,
                                  .last = std::min(first + together, pixels),
                                  .in = read.maps.channel(n, c),
                                  .d_in = d_in.data == nullptr ? nullptr : d_in.channel(n, c),
                                  .plane = pixels,
                                  .means = read.mean + c,
                                  .scales = read.rule.scale + c,
                                  .shifts = read.rule.shift + c,
                                  .relu = read.rule.relu,
                                  .sums = own});
  });
}

}  // namespace thorax
