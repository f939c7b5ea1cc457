// SPDX-License-Identifier: MIT
//
// normalization, a channel at a time over all samples, summed in vectors of doubles or in short stretches of floats.

#pragma once

#include <thorax/backend/contract.hpp>                 // ensure_same_extents
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>  // chosen_kernels
#include <thorax/backend/cpu/planes.hpp>               // for_each_channel, for_each_plane, sum_of
#include <thorax/backend/norm_gradient.hpp>            // norm_sums, read_norm
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/tensor/view.hpp>                      // view

#include <cstddef>    // ptrdiff_t

namespace thorax {

/// Folding and averaging are a few numbers a channel: there the reference's loops are enough.
struct cpu_normalization : reference_normalization {
  static void channel_statistics(const workers& w, view<const float> in, float* mean, float* variance)
  {
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    const double count = static_cast<double>(pixels) * in.samples;
    for_each_channel(w, in.samples, in.shape, [&](int c) {
      double sum = 0;
      for (int n = 0; n < in.samples; ++n)
        sum += sum_of(pixels, [row = in.channel(n, c)](std::ptrdiff_t i) { return row[i]; });
      const double center = sum / count;
      double squares = 0;
      for (int n = 0; n < in.samples; ++n)
        squares += sum_of(pixels, [row = in.channel(n, c), center](std::ptrdiff_t i) {
          const double difference = static_cast<double>(row[i]) - center;
          return difference * difference;
        });
      mean[c] = static_cast<float>(center);
      variance[c] = static_cast<float>(squares / count);
    });
  }

  static void norm_gradient(const workers& w, const read_norm<float>& read, view<const float> d_activated,
                            norm_sums* sums, view<float> d_in)
  {
    ensure_same_extents(read.maps, d_activated);
    if (d_in.data != nullptr) ensure_same_extents(read.maps, d_in);
    const extents& shape = read.maps.shape;
    const kernels::kernel_table& with = chosen_kernels();
    for_each_plane(w, read.maps.samples, shape, [&](int n, int c) {
      sums[std::ptrdiff_t{n} * shape.channels + c] = with.carry_through_norm(
        {.in = read.maps.channel(n, c),
         .arriving = d_activated.channel(n, c),
         .d_in = d_in.data == nullptr ? nullptr : d_in.channel(n, c),
         .count = static_cast<int>(shape.pixels()),
         .channel = {read.mean[c], read.rule.scale[c], read.rule.shift[c], read.rule.relu}});
    });
  }

  static void add_lines(const workers& w, view<const float> in, const float* mean, const float* offset,
                        const float* lean, view<float> d_in)
  {
    ensure_same_extents(in, d_in);
    const kernels::kernel_table& with = chosen_kernels();
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      with.add_line({in.channel(n, c), d_in.channel(n, c), static_cast<int>(in.shape.pixels()), mean[c], offset[c],
                     lean[c]});
    });
  }
};

}  // namespace thorax
