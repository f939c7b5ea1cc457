// SPDX-License-Identifier: MIT
//
// normalization, a channel at a time over all samples, summed in vectors of doubles or in short stretches of floats.

#pragma once

#include <thorax/backend/contract.hpp>                 // ensure_same_extents
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>  // chosen_kernels
#include <thorax/backend/cpu/planes.hpp>               // for_each_channel, sum_of
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/tensor/view.hpp>                      // view

#include <cmath>      // sqrt
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

  static void batch_norm_gradient(const workers& w, view<const float> in, const float* mean, const float* variance,
                                  double epsilon, const float* gamma, const float* beta, bool relu,
                                  bool batch_statistics, view<const float> d_activated, float* d_gamma,
                                  float* d_beta, view<float> d_in)
  {
    ensure_same_extents(in, d_activated);
    if (d_in.data != nullptr) ensure_same_extents(in, d_in);
    const kernels::kernel_table& with = chosen_kernels();
    const auto pixels = static_cast<int>(in.shape.pixels());
    const double count = static_cast<double>(pixels) * in.samples;
    for_each_channel(w, in.samples, in.shape, [&](int c) {
      const double slope = 1 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
      kernels::norm_task row{.count = pixels, .mean = mean[c], .slope = static_cast<float>(slope), .gamma = gamma[c],
                             .beta = beta[c], .relu = relu};
      const auto for_each_film = [&](auto&& work) {
        for (int n = 0; n < in.samples; ++n) {
          row.in = in.channel(n, c);
          row.arriving = d_activated.channel(n, c);
          work(n);
        }
      };
      kernels::norm_sums found;
      for_each_film([&](int) {
        const kernels::norm_sums some = with.sum_norm(row);
        found.arriving += some.arriving;
        found.product += some.product;
      });
      if (d_beta != nullptr) d_beta[c] += static_cast<float>(found.arriving);
      if (d_gamma != nullptr) d_gamma[c] += static_cast<float>(found.product);
      if (d_in.data == nullptr) return;
      row.mean_arriving = batch_statistics ? static_cast<float>(found.arriving / count) : 0.0F;
      row.mean_product = batch_statistics ? static_cast<float>(found.product / count) : 0.0F;
      for_each_film([&](int n) {
        row.d_in = d_in.channel(n, c);
        with.add_norm_gradient(row);
      });
    });
  }
};

}  // namespace thorax
