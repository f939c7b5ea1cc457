// SPDX-License-Identifier: MIT
//
// normalization, a channel at a time over all samples, summed in vectors of doubles.

#pragma once

#include <thorax/backend/contract.hpp>                 // ensure_same_extents
#include <thorax/backend/cpu/planes.hpp>               // for_each_channel, sum_of
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/tensor/view.hpp>                      // view

#include <cmath>    // sqrt
#include <cstddef>  // ptrdiff_t

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
    for_each_channel(w, in.samples, in.shape, [&](int c) {
      const double slope = 1 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
      const slopes factors{mean[c], static_cast<float>(slope), gamma[c], beta[c], relu};
      const sums found = sums_of(in, d_activated, c, factors);
      if (d_beta != nullptr) d_beta[c] += static_cast<float>(found.arriving);
      if (d_gamma != nullptr) d_gamma[c] += static_cast<float>(found.product);
      if (d_in.data != nullptr) add_gradient(in, d_activated, c, factors, batch_statistics, found, d_in);
    });
  }

private:
  /// One channel's normalization: h = (x − mean) · slope, y = gamma · h + beta.
  struct slopes {
    float mean;
    float slope;
    float gamma;
    float beta;
    bool relu;

    [[nodiscard]] float normalized(float x) const { return (x - mean) * slope; }
    [[nodiscard]] float arriving(float h, float d) const { return !relu || gamma * h + beta > 0.0F ? d : 0.0F; }
  };

  struct sums {
    double arriving{};  // Σ dy
    double product{};   // Σ dy · h
  };

  static sums sums_of(const view<const float>& in, const view<const float>& d_activated, int c,
                      const slopes& factors)
  {
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    sums found;
    for (int n = 0; n < in.samples; ++n) {
      const float* const row = in.channel(n, c);
      const float* const d = d_activated.channel(n, c);
      found.arriving +=
        sum_of(pixels, [=](std::ptrdiff_t i) { return factors.arriving(factors.normalized(row[i]), d[i]); });
      found.product += sum_of(pixels, [=](std::ptrdiff_t i) {
        const float h = factors.normalized(row[i]);
        return static_cast<double>(factors.arriving(h, d[i])) * static_cast<double>(h);
      });
    }
    return found;
  }

  static void add_gradient(const view<const float>& in, const view<const float>& d_activated, int c,
                           const slopes& factors, bool batch_statistics, const sums& found,
                           const view<float>& d_in)
  {
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    const double count = static_cast<double>(pixels) * in.samples;
    const float mean = batch_statistics ? static_cast<float>(found.arriving / count) : 0.0F;
    const float lean = batch_statistics ? static_cast<float>(found.product / count) : 0.0F;
    const float scale = factors.gamma * factors.slope;
    for (int n = 0; n < in.samples; ++n) {
      const float* const row = in.channel(n, c);
      const float* const d = d_activated.channel(n, c);
      float* const result = d_in.channel(n, c);
      for (std::ptrdiff_t i = 0; i < pixels; ++i) {
        const float h = factors.normalized(row[i]);
        result[i] += scale * (factors.arriving(h, d[i]) - mean - h * lean);
      }
    }
  }
};

}  // namespace thorax
