// SPDX-License-Identifier: MIT
//
// normalization: batch statistics, their folding into a scale and a shift, and the gradient through both.
// Formulas: Ioffe and Szegedy 2015, algorithms 1 and 2 and the derivatives of section 3.

#pragma once

#include <thorax/backend/contract.hpp>         // ensure_same_extents
#include <thorax/backend/norm_gradient.hpp>    // norm_gradients, norm_sums, read_norm
#include <thorax/backend/reference/loops.hpp>  // given, for_each_number, for_each_pixel
#include <thorax/backend/workers.hpp>          // workers

#include <algorithm>  // fill_n
#include <cmath>      // sqrt

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

  /// With dy = d_activated, or 0 where the rule's ReLU cuts (rule(x) ≤ 0):
  ///   sums[n,c] = Σ over y,x of dy and of dy · (x − mean)
  ///   d_in += scale · dy, if d_in.data is not null
  /// The rest of the gradient is in the sums: see add_norm_gradients.
  template<class Number>
  static void norm_gradient(const workers&, const read_norm<Number>& read, given<view<const Number>> d_activated,
                            norm_sums* sums, view<Number> d_in)
  {
    ensure_same_extents(read.maps, d_activated);
    if (d_in.data != nullptr) ensure_same_extents(read.maps, d_in);
    carry_through(read, sums, d_in, [&](int n, int c, int y, int x) { return double{d_activated(n, c, y, x)}; });
  }

  /// The same with `arriving(n, c, y, x)` in place of d_activated.
  template<class Number, class Arriving>
  static void carry_through(const read_norm<Number>& read, norm_sums* sums, view<Number> d_in, Arriving&& arriving)
  {
    const int channels = read.maps.shape.channels;
    std::fill_n(sums, read.maps.samples * channels, norm_sums{});
    for_each_number(read.maps, [&](int n, int c, int y, int x) {
      const Number at = read.maps(n, c, y, x);
      const double behind = double{read.rule.scale[c]} * double{at} + double{read.rule.shift[c]};
      const double dy = read.rule.relu && !(behind > 0) ? 0 : arriving(n, c, y, x);
      sums[n * channels + c].arriving += dy;
      sums[n * channels + c].leaning += dy * (double{at} - double{read.mean[c]});
      if (d_in.data != nullptr) d_in(n, c, y, x) += static_cast<Number>(double{read.rule.scale[c]} * dy);
    });
  }

  /// What the sums of all films make of a norm's gradients: see thorax::add_norm_gradients.
  template<class Number>
  static void add_norm_gradients(const workers&, const read_norm<Number>& read, const norm_sums* sums,
                                 const norm_gradients<Number>& to)
  {
    thorax::add_norm_gradients(read, sums, to);
  }

  /// d_in[n,c,y,x] += offset[c] + lean[c] · (in[n,c,y,x] − mean[c])
  template<class Number>
  static void add_lines(const workers&, given<view<const Number>> in, given<const Number*> mean,
                        given<const Number*> offset, given<const Number*> lean, view<Number> d_in)
  {
    ensure_same_extents(in, d_in);
    for_each_number(d_in, [&](int n, int c, int y, int x) {
      const double centered = double{in(n, c, y, x)} - double{mean[c]};
      d_in(n, c, y, x) += static_cast<Number>(double{offset[c]} + double{lean[c]} * centered);
    });
  }
};

}  // namespace thorax
