// SPDX-License-Identifier: MIT
//
// softmax: the numbers of all channels at one pixel become probabilities.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>         // ensure_same_extents
#include <thorax/backend/reference/loops.hpp>  // given, for_each_pixel
#include <thorax/backend/workers.hpp>          // workers

#include <algorithm>  // max
#include <cmath>      // exp

namespace thorax {

struct reference_softmax {
  /// out[n,c,y,x] = e^(a_c − m) / Σ over k of e^(a_k − m);  a_c = before(c, in[n,c,y,x]), m = largest a_k
  ///
  /// accepts:  in and out N×C×H×W; they may be the same memory when `before` is the identity
  template<class Number>
  static void softmax(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                      view<Number> out)
  {
    ensure_same_extents(in, out);
    for_each_pixel(out, [&](int n, int y, int x) {
      const int channels = in.shape.channels;
      const auto activated = [&](int c) { return double{before(in(n, c, y, x), c)}; };
      double largest = activated(0);
      for (int c = 1; c < channels; ++c) largest = std::max(largest, activated(c));
      double sum = 0;
      for (int c = 0; c < channels; ++c) sum += std::exp(activated(c) - largest);
      for (int c = 0; c < channels; ++c)
        out(n, c, y, x) = static_cast<Number>(std::exp(activated(c) - largest) / sum);
    });
  }

  /// d_activated[n,c,y,x] += out_c · (d_out_c − Σ over k of d_out_k · out_k)
  template<class Number>
  static void softmax_gradient(const workers&, given<view<const Number>> out, given<view<const Number>> d_out,
                               view<Number> d_activated)
  {
    ensure_same_extents(out, d_out);
    ensure_same_extents(out, d_activated);
    for_each_pixel(out, [&](int n, int y, int x) {
      double product = 0;
      for (int c = 0; c < out.shape.channels; ++c) product += double{d_out(n, c, y, x)} * double{out(n, c, y, x)};
      for (int c = 0; c < out.shape.channels; ++c)
        d_activated(n, c, y, x) +=
          static_cast<Number>(double{out(n, c, y, x)} * (double{d_out(n, c, y, x)} - product));
    });
  }
};

}  // namespace thorax
