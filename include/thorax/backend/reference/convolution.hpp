// SPDX-License-Identifier: MIT
//
// convolution, as it is defined: one sum for each output number, in double.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>                 // ensure_same_extents, ensure_window_fits
#include <thorax/backend/norm_gradient.hpp>            // norm_sums, read_norm
#include <thorax/backend/reference/loops.hpp>          // given, for_each_number
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/backend/workers.hpp>          // workers

#include <cstddef>  // ptrdiff_t

namespace thorax {

/// Weights are out × in × kernel × kernel, as in "Deep Learning" (Goodfellow et al. 2016), eq. 9.6: the
/// kernel is not flipped. Gradients add to what their result holds.
struct reference_convolution {
  /// out[n,o,y,x] = after(o, Σ over i,ky,kx of weights[o,i,ky,kx] · padded[n,i, y·s + ky − p, x·s + kx − p])
  /// with stride s and padding p; padded is before(i, in) inside the maps and 0 outside.
  ///
  /// accepts:  in N×I×H×W, out N×O×places(H)×places(W); they may be slices of one buffer that do not overlap
  template<class Number>
  static void convolution(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                          given<const Number*> weights, window moving, given<activation_rule<Number>> after,
                          view<Number> out)
  {
    ensure_window_fits(in, moving, out);
    for_each_number(out, [&](int n, int o, int y, int x) {
      double sum = 0;
      for (int i = 0; i < in.shape.channels; ++i)
        for (int ky = 0; ky < moving.kernel; ++ky)
          for (int kx = 0; kx < moving.kernel; ++kx) {
            const int row = y * moving.stride + ky - moving.padding;
            const int column = x * moving.stride + kx - moving.padding;
            if (inside(in.shape, row, column))
              sum += double{weights[weight_at(in.shape.channels, moving, o, i, ky, kx)]} *
                     double{before(in(n, i, row, column), i)};
          }
      out(n, o, y, x) = after(static_cast<Number>(sum), o);
    });
  }

  /// d_weights[o,i,ky,kx] += Σ over n,y,x of d_out[n,o,y,x] · padded[n,i, y·s + ky − p, x·s + kx − p]
  template<class Number>
  static void convolution_gradient_of_weights(const workers&, given<view<const Number>> in,
                                              given<activation_rule<Number>> before,
                                              given<view<const Number>> d_out, window moving, Number* d_weights)
  {
    ensure_window_fits(in, moving, d_out);
    for (int o = 0; o < d_out.shape.channels; ++o)
      for (int i = 0; i < in.shape.channels; ++i)
        for (int ky = 0; ky < moving.kernel; ++ky)
          for (int kx = 0; kx < moving.kernel; ++kx) {
            double sum = 0;
            for_each_pixel(d_out, [&](int n, int y, int x) {
              const int row = y * moving.stride + ky - moving.padding;
              const int column = x * moving.stride + kx - moving.padding;
              if (inside(in.shape, row, column))
                sum += double{d_out(n, o, y, x)} * double{before(in(n, i, row, column), i)};
            });
            d_weights[weight_at(in.shape.channels, moving, o, i, ky, kx)] += static_cast<Number>(sum);
          }
  }

  /// d_activated[n,i,r,c] += Σ over o,ky,kx of weights[o,i,ky,kx] · d_out[n,o,y,x]
  /// over those with y·s + ky − p = r and x·s + kx − p = c: the gradient of before(in), not of in.
  template<class Number>
  static void convolution_gradient_of_input(const workers&, given<view<const Number>> d_out,
                                            given<const Number*> weights, window moving, view<Number> d_activated)
  {
    ensure_window_fits(d_activated, moving, d_out);
    for_each_number(d_activated, [&](int n, int i, int row, int column) {
      d_activated(n, i, row, column) += static_cast<Number>(
        gradient_at(d_out, weights, d_activated.shape.channels, moving, n, i, row, column));
    });
  }

  /// That gradient, carried through the norm with which the convolution reads, as reference_normalization::norm_gradient
  /// does: into sums, and into d_in, whose data may be null.
  template<class Number>
  static void convolution_gradient_through_norm(const workers&, given<view<const Number>> d_out,
                                                given<const Number*> weights, window moving,
                                                const read_norm<Number>& read, norm_sums* sums, view<Number> d_in)
  {
    ensure_window_fits(read.maps, moving, d_out);
    if (d_in.data != nullptr) ensure_same_extents(read.maps, d_in);
    reference_normalization::carry_through(read, sums, d_in, [&](int n, int i, int row, int column) {
      return gradient_at(d_out, weights, read.maps.shape.channels, moving, n, i, row, column);
    });
  }

private:
  template<class Number>
  static double gradient_at(const view<const Number>& d_out, const Number* weights, int inputs, const window& moving,
                            int n, int i, int row, int column)
  {
    double sum = 0;
    for (int o = 0; o < d_out.shape.channels; ++o)
      for (int ky = 0; ky < moving.kernel; ++ky)
        for (int kx = 0; kx < moving.kernel; ++kx) {
          const int y = row + moving.padding - ky;
          const int x = column + moving.padding - kx;
          if (y % moving.stride != 0 || x % moving.stride != 0) continue;
          if (inside(d_out.shape, y / moving.stride, x / moving.stride))
            sum += double{weights[weight_at(inputs, moving, o, i, ky, kx)]} *
                   double{d_out(n, o, y / moving.stride, x / moving.stride)};
        }
    return sum;
  }

  static constexpr std::ptrdiff_t weight_at(int inputs, const window& moving, int o, int i, int ky, int kx)
  {
    const auto side = static_cast<std::ptrdiff_t>(moving.kernel);
    return ((static_cast<std::ptrdiff_t>(o) * inputs + i) * side + ky) * side + kx;
  }
};

}  // namespace thorax
