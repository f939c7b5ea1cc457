// SPDX-License-Identifier: MIT
//
// activation: a rule applied to maps as a step of its own, and the gradient of any rule.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>         // ensure_same_extents
#include <thorax/backend/reference/loops.hpp>  // given, for_each_number
#include <thorax/backend/workers.hpp>          // workers

namespace thorax {

struct reference_activation {
  /// out[n,c,y,x] = before(c, in[n,c,y,x])
  ///
  /// accepts:  in and out N×C×H×W; they may be the same memory
  template<class Number>
  static void activation(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                         view<Number> out)
  {
    ensure_same_extents(in, out);
    for_each_number(out, [&](int n, int c, int y, int x) { out(n, c, y, x) = before(in(n, c, y, x), c); });
  }

  /// d_in[n,c,y,x] += scale[c] · d_activated[n,c,y,x], or nothing where a ReLU cuts: before(c, in) ≤ 0
  template<class Number>
  static void activation_gradient(const workers&, given<view<const Number>> in,
                                  given<activation_rule<Number>> before, given<view<const Number>> d_activated,
                                  view<Number> d_in)
  {
    ensure_same_extents(in, d_in);
    ensure_same_extents(d_activated, d_in);
    for_each_number(d_in, [&](int n, int c, int y, int x) {
      if (before.relu && !(before(in(n, c, y, x), c) > Number{0})) return;
      const Number scale = before.scale == nullptr ? Number{1} : before.scale[c];
      d_in(n, c, y, x) += scale * d_activated(n, c, y, x);
    });
  }
};

}  // namespace thorax
