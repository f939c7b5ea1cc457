// SPDX-License-Identifier: MIT
//
// normalization: batch statistics, their folding into a scale and a shift, and the gradient through both.
// Formulas: Ioffe and Szegedy 2015, algorithms 1 and 2 and the derivatives of section 3.

#pragma once

#include <thorax/backend/contract.hpp>         // ensure_same_extents
#include <thorax/backend/reference/loops.hpp>  // given, for_each_pixel
#include <thorax/backend/workers.hpp>          // workers

#include <cmath>  // sqrt

namespace thorax {

/// All arrays by channel hold C numbers.
struct reference_normalization {
  /// mean[c] = 1/m · Σ in[n,c,y,x];  variance[c] = 1/m · Σ (in[n,c,y,x] − mean[c])²;  m = N·H·W (biased)
  template<class Number>
  static void channel_statistics(const workers&, given<view<const Number>> in, Number* mean, Number* variance)
  {
    const double count = static_cast<double>(in.shape.pixels()) * in.samples;
    for (int c = 0; c < in.shape.channels; ++c) {
      double sum = 0;
      for_each_pixel(in, [&](int n, int y, int x) { sum += double{in(n, c, y, x)}; });
      const double center = sum / count;
      double squares = 0;
      for_each_pixel(in, [&](int n, int y, int x) {
        const double difference = double{in(n, c, y, x)} - center;
        squares += difference * difference;
      });
      mean[c] = static_cast<Number>(center);
      variance[c] = static_cast<Number>(squares / count);
    }
  }

  /// scale[c] = gamma[c] / sqrt(variance[c] + epsilon);  shift[c] = beta[c] − mean[c] · scale[c]
  template<class Number>
  static void fold_norm(const workers&, int channels, given<const Number*> gamma, given<const Number*> beta,
                        given<const Number*> mean, given<const Number*> variance, double epsilon, Number* scale,
                        Number* shift)
  {
    for (int c = 0; c < channels; ++c) {
      const double slope = double{gamma[c]} / std::sqrt(double{variance[c]} + epsilon);
      scale[c] = static_cast<Number>(slope);
      shift[c] = static_cast<Number>(double{beta[c]} - double{mean[c]} * slope);
    }
  }

  /// running[c] = momentum · running[c] + (1 − momentum) · observed[c]; Keras averages the biased variance
  template<class Number>
  static void average_statistics(const workers&, int channels, double momentum, given<const Number*> observed,
                                 Number* running)
  {
    for (int c = 0; c < channels; ++c)
      running[c] = static_cast<Number>(momentum * double{running[c]} + (1 - momentum) * double{observed[c]});
  }

  /// With h = (in − mean) / sqrt(variance + epsilon), y = gamma · h + beta and dy = d_activated, or 0 where a
  /// ReLU cuts (y ≤ 0):
  ///   d_beta  += Σ dy
  ///   d_gamma += Σ dy · h
  ///   d_in    += gamma / sqrt(variance + epsilon) · (dy − mean of dy − h · mean of dy · h)   batch statistics
  ///   d_in    += gamma / sqrt(variance + epsilon) · dy                                       fixed statistics
  /// d_gamma, d_beta and d_in.data may be null: not wanted.
  template<class Number>
  static void batch_norm_gradient(const workers&, given<view<const Number>> in, given<const Number*> mean,
                                  given<const Number*> variance, double epsilon, given<const Number*> gamma,
                                  given<const Number*> beta, bool relu, bool batch_statistics,
                                  given<view<const Number>> d_activated, given<Number*> d_gamma,
                                  given<Number*> d_beta, view<Number> d_in)
  {
    ensure_same_extents(in, d_activated);
    if (d_in.data != nullptr) ensure_same_extents(in, d_in);
    const double count = static_cast<double>(in.shape.pixels()) * in.samples;
    for (int c = 0; c < in.shape.channels; ++c) {
      const double slope = 1 / std::sqrt(double{variance[c]} + epsilon);
      const auto normalized = [&](int n, int y, int x) {
        return (double{in(n, c, y, x)} - double{mean[c]}) * slope;
      };
      const auto arriving = [&](int n, int y, int x) {
        const bool cut = relu && !(double{gamma[c]} * normalized(n, y, x) + double{beta[c]} > 0);
        return cut ? 0 : double{d_activated(n, c, y, x)};
      };
      double sum = 0;
      double product = 0;
      for_each_pixel(in, [&](int n, int y, int x) {
        sum += arriving(n, y, x);
        product += arriving(n, y, x) * normalized(n, y, x);
      });
      if (d_beta != nullptr) d_beta[c] += static_cast<Number>(sum);
      if (d_gamma != nullptr) d_gamma[c] += static_cast<Number>(product);
      if (d_in.data == nullptr) continue;
      for_each_pixel(in, [&](int n, int y, int x) {
        double d = arriving(n, y, x);
        if (batch_statistics) d -= sum / count + normalized(n, y, x) * product / count;
        d_in(n, c, y, x) += static_cast<Number>(double{gamma[c]} * slope * d);
      });
    }
  }
};

}  // namespace thorax
