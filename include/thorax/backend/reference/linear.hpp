// SPDX-License-Identifier: MIT
//
// linear: a matrix times each sample's numbers. A bias is the shift of the rule behind it.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>         // ensure_rows
#include <thorax/backend/reference/loops.hpp>  // given, for_each_number
#include <thorax/backend/workers.hpp>          // workers

#include <cstddef>  // ptrdiff_t

namespace thorax {

/// Weights are out × in. Gradients add to what their result holds.
struct reference_linear {
  /// out[n,o] = after(o, Σ over c of weights[o,c] · before(c, in[n,c]))
  ///
  /// accepts:  in N×C×1×1, out N×O×1×1
  template<class Number>
  static void linear(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                     given<const Number*> weights, given<activation_rule<Number>> after, view<Number> out)
  {
    ensure_rows(in, out);
    for (int n = 0; n < out.samples; ++n)
      for (int o = 0; o < out.shape.channels; ++o) {
        double sum = 0;
        for (int c = 0; c < in.shape.channels; ++c)
          sum += double{weights[weight_at(in.shape.channels, o, c)]} * double{before(in(n, c, 0, 0), c)};
        out(n, o, 0, 0) = after(static_cast<Number>(sum), o);
      }
  }

  /// d_weights[o,c] += Σ over n of d_out[n,o] · before(c, in[n,c])
  template<class Number>
  static void linear_gradient_of_weights(const workers&, given<view<const Number>> in,
                                         given<activation_rule<Number>> before, given<view<const Number>> d_out,
                                         Number* d_weights)
  {
    ensure_rows(in, d_out);
    for (int o = 0; o < d_out.shape.channels; ++o)
      for (int c = 0; c < in.shape.channels; ++c) {
        double sum = 0;
        for (int n = 0; n < in.samples; ++n) sum += double{d_out(n, o, 0, 0)} * double{before(in(n, c, 0, 0), c)};
        d_weights[weight_at(in.shape.channels, o, c)] += static_cast<Number>(sum);
      }
  }

  /// d_activated[n,c] += Σ over o of weights[o,c] · d_out[n,o]
  template<class Number>
  static void linear_gradient_of_input(const workers&, given<view<const Number>> d_out,
                                       given<const Number*> weights, view<Number> d_activated)
  {
    ensure_rows(d_activated, d_out);
    for_each_number(d_activated, [&](int n, int c, int, int) {
      double sum = 0;
      for (int o = 0; o < d_out.shape.channels; ++o)
        sum += double{weights[weight_at(d_activated.shape.channels, o, c)]} * double{d_out(n, o, 0, 0)};
      d_activated(n, c, 0, 0) += static_cast<Number>(sum);
    });
  }

  /// d_bias[c] += Σ over n,y,x of d_out[n,c,y,x]; convolutions use it too
  template<class Number>
  static void gradient_of_bias(const workers&, given<view<const Number>> d_out, Number* d_bias)
  {
    for (int c = 0; c < d_out.shape.channels; ++c) {
      double sum = 0;
      for_each_pixel(d_out, [&](int n, int y, int x) { sum += double{d_out(n, c, y, x)}; });
      d_bias[c] += static_cast<Number>(sum);
    }
  }

private:
  static constexpr std::ptrdiff_t weight_at(int inputs, int o, int c)
  {
    return static_cast<std::ptrdiff_t>(o) * inputs + c;
  }
};

}  // namespace thorax
