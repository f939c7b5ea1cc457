// SPDX-License-Identifier: MIT
//
// sigmoid: each number becomes a probability by itself; for findings of which a film may show several.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>         // ensure_same_extents
#include <thorax/backend/reference/loops.hpp>  // given, for_each_number
#include <thorax/backend/workers.hpp>          // workers

#include <cmath>  // exp

namespace thorax {

struct reference_sigmoid {
  /// out[n,c,y,x] = 1 / (1 + e^−a);  a = before(c, in[n,c,y,x])
  ///
  /// accepts:  in and out N×C×H×W; they may be the same memory when `before` is the identity
  template<class Number>
  static void sigmoid(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                      view<Number> out)
  {
    ensure_same_extents(in, out);
    for_each_number(out, [&](int n, int c, int y, int x) {
      const double activated{before(in(n, c, y, x), c)};
      out(n, c, y, x) = static_cast<Number>(1 / (1 + std::exp(-activated)));  // e^710 is infinite, and 1/∞ is 0
    });
  }

  /// d_activated[n,c,y,x] += d_out · out · (1 − out)
  template<class Number>
  static void sigmoid_gradient(const workers&, given<view<const Number>> out, given<view<const Number>> d_out,
                               view<Number> d_activated)
  {
    ensure_same_extents(out, d_out);
    ensure_same_extents(out, d_activated);
    for_each_number(out, [&](int n, int c, int y, int x) {
      const double said{out(n, c, y, x)};
      d_activated(n, c, y, x) += static_cast<Number>(double{d_out(n, c, y, x)} * said * (1 - said));
    });
  }
};

}  // namespace thorax
