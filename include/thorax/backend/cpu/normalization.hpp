// SPDX-License-Identifier: MIT
//
// normalization, a channel at a time over all samples, summed in vectors of doubles.

#pragma once

#include <thorax/backend/contract.hpp>                 // ensure_same_extents
#include <thorax/backend/cpu/planes.hpp>               // for_each_channel, sum_of
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/tensor/view.hpp>                      // view

#include <algorithm>  // min
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
    for_each_channel(w, in.samples, in.shape, [&](int c) {
      const double slope = 1 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
      const slopes factors{mean[c], static_cast<float>(slope), gamma[c], beta[c]};
      const sums found = relu ? sums_of<true>(in, d_activated, c, factors) : sums_of<false>(in, d_activated, c, factors);
      if (d_beta != nullptr) d_beta[c] += static_cast<float>(found.arriving);
      if (d_gamma != nullptr) d_gamma[c] += static_cast<float>(found.product);
      if (d_in.data == nullptr) return;
      if (relu) add_gradient<true>(in, d_activated, c, factors, batch_statistics, found, d_in);
      else add_gradient<false>(in, d_activated, c, factors, batch_statistics, found, d_in);
    });
  }

private:
  /// One channel's normalization: h = (x − mean) · slope, y = gamma · h + beta.
  struct slopes {
    float mean;
    float slope;
    float gamma;
    float beta;

    [[nodiscard]] float normalized(float x) const { return (x - mean) * slope; }
    template<bool Relu>
    [[nodiscard]] float arriving(float h, float d) const
    {
      return !Relu || gamma * h + beta > 0.0F ? d : 0.0F;
    }
  };

  struct sums {
    double arriving{};  // Σ dy
    double product{};   // Σ dy · h
  };

  /// Both sums in one walk: float vectors over a stretch that is short enough to lose nothing that counts, added
  /// up in double. `relu` is an argument of the template because a choice inside the loop would keep it from vectors.
  template<bool Relu>
  static sums sums_of(const view<const float>& in, const view<const float>& d_activated, int c,
                      const slopes& factors)
  {
    constexpr std::ptrdiff_t lanes = 16;
    constexpr std::ptrdiff_t stretch = 32 * lanes;
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    sums found;
    for (int n = 0; n < in.samples; ++n) {
      const float* const row = in.channel(n, c);
      const float* const d = d_activated.channel(n, c);
      for (std::ptrdiff_t begin = 0; begin < pixels; begin += stretch) {
        const std::ptrdiff_t end = std::min(begin + stretch, pixels);
        float arriving[lanes]{};
        float product[lanes]{};
        std::ptrdiff_t i = begin;
        for (; i + lanes <= end; i += lanes)
          for (std::ptrdiff_t lane = 0; lane < lanes; ++lane) {
            const float h = factors.normalized(row[i + lane]);
            const float dy = factors.template arriving<Relu>(h, d[i + lane]);
            arriving[lane] += dy;
            product[lane] += dy * h;
          }
        for (; i < end; ++i) {
          const float h = factors.normalized(row[i]);
          const float dy = factors.template arriving<Relu>(h, d[i]);
          arriving[i % lanes] += dy;
          product[i % lanes] += dy * h;
        }
        for (const float sum : arriving) found.arriving += static_cast<double>(sum);
        for (const float sum : product) found.product += static_cast<double>(sum);
      }
    }
    return found;
  }

  template<bool Relu>
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
        result[i] += scale * (factors.template arriving<Relu>(h, d[i]) - mean - h * lean);
      }
    }
  }
};

}  // namespace thorax
