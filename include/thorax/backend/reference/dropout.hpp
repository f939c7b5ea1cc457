// SPDX-License-Identifier: MIT
//
// dropout (Srivastava et al. 2014), inverted: what is kept grows, so that the expected value stays.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>         // ensure_same_extents
#include <thorax/backend/reference/loops.hpp>  // given, for_each_number
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/base/random.hpp>              // random_stream

#include <cstdint>  // uint64_t

namespace thorax {

/// Which numbers are kept is a pure function of the stream, so the gradient asks it again.
struct reference_dropout {
  /// out[n,c,y,x] = before(c, in[n,c,y,x]) / (1 − rate) if stream.uniform(flat) ≥ rate, else 0;
  /// flat = ((n·C + c)·H + y)·W + x, whatever the strides
  ///
  /// accepts:  0 ≤ rate < 1
  template<class Number>
  static void dropout(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                      float rate, random_stream stream, view<Number> out)
  {
    ensure(rate >= 0 && rate < 1, "dropout: the rate must be at least 0 and less than 1");
    ensure_same_extents(in, out);
    std::uint64_t flat = 0;
    for_each_number(out, [&](int n, int c, int y, int x) {
      const double value = double{before(in(n, c, y, x), c)} / (1 - double{rate});
      out(n, c, y, x) = stream.uniform(flat++) >= double{rate} ? static_cast<Number>(value) : Number{0};
    });
  }

  /// d_activated[n,c,y,x] += d_out[n,c,y,x] / (1 − rate) where the number was kept
  template<class Number>
  static void dropout_gradient(const workers&, float rate, random_stream stream, given<view<const Number>> d_out,
                               view<Number> d_activated)
  {
    ensure(rate >= 0 && rate < 1, "dropout: the rate must be at least 0 and less than 1");
    ensure_same_extents(d_out, d_activated);
    std::uint64_t flat = 0;
    for_each_number(d_activated, [&](int n, int c, int y, int x) {
      const double share = double{d_out(n, c, y, x)} / (1 - double{rate});
      if (stream.uniform(flat++) >= double{rate}) d_activated(n, c, y, x) += static_cast<Number>(share);
    });
  }
};

}  // namespace thorax
