// SPDX-License-Identifier: MIT
//
// pooling: the largest or the mean of each window, or of a whole map. Cells in the padding do not count.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/contract.hpp>         // ensure_pool_fits
#include <thorax/backend/reference/loops.hpp>  // given, for_each_number
#include <thorax/backend/workers.hpp>          // workers

namespace thorax {

/// Channels stay what they are. Gradients add to what their result holds.
struct reference_pooling {
  /// out[n,c,y,x] = largest before(c, in[n,c, y·s + ky − p, x·s + kx − p]) over the ky, kx inside the maps;
  /// a NaN counts as the largest.
  ///
  /// accepts:  in N×C×H×W, out N×C×places(H)×places(W), padding < kernel
  template<class Number>
  static void max_pool(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                       window moving, view<Number> out)
  {
    ensure_pool_fits(in, moving, out);
    for_each_number(out, [&](int n, int c, int y, int x) {
      const cell best = largest<Number>(in, before, moving, n, c, y, x);
      out(n, c, y, x) = before(in(n, c, best.row, best.column), c);
    });
  }

  /// d_activated at the first largest cell of each window += d_out of that window
  template<class Number>
  static void max_pool_gradient(const workers&, given<view<const Number>> in,
                                given<activation_rule<Number>> before, window moving,
                                given<view<const Number>> d_out, view<Number> d_activated)
  {
    ensure_pool_fits(in, moving, d_out);
    ensure_same_extents(in, d_activated);
    for_each_number(d_out, [&](int n, int c, int y, int x) {
      const cell best = largest<Number>(in, before, moving, n, c, y, x);
      d_activated(n, c, best.row, best.column) += d_out(n, c, y, x);
    });
  }

  /// out[n,c,y,x] = 1/k² · Σ over ky,kx of before(c, in[n,c, y·s + ky, x·s + kx]); padding must be 0
  template<class Number>
  static void average_pool(const workers&, given<view<const Number>> in, given<activation_rule<Number>> before,
                           window moving, view<Number> out)
  {
    ensure_average_fits<Number>(in, moving, out);
    for_each_number(out, [&](int n, int c, int y, int x) {
      double sum = 0;
      for (int ky = 0; ky < moving.kernel; ++ky)
        for (int kx = 0; kx < moving.kernel; ++kx)
          sum += double{before(in(n, c, y * moving.stride + ky, x * moving.stride + kx), c)};
      out(n, c, y, x) = static_cast<Number>(sum / (moving.kernel * moving.kernel));
    });
  }

  /// d_activated[n,c, y·s + ky, x·s + kx] += d_out[n,c,y,x] / k² for every window and cell of it
  template<class Number>
  static void average_pool_gradient(const workers&, given<view<const Number>> d_out, window moving,
                                    view<Number> d_activated)
  {
    ensure_average_fits<Number>(d_activated, moving, d_out);
    for_each_number(d_out, [&](int n, int c, int y, int x) {
      const double share = double{d_out(n, c, y, x)} / (moving.kernel * moving.kernel);
      for (int ky = 0; ky < moving.kernel; ++ky)
        for (int kx = 0; kx < moving.kernel; ++kx)
          d_activated(n, c, y * moving.stride + ky, x * moving.stride + kx) += static_cast<Number>(share);
    });
  }

  /// out[n,c] = 1/(H·W) · Σ over y,x of before(c, in[n,c,y,x])
  ///
  /// accepts:  in N×C×H×W, out N×C×1×1
  template<class Number>
  static void global_average_pool(const workers&, given<view<const Number>> in,
                                  given<activation_rule<Number>> before, view<Number> out)
  {
    ensure_means_fit<Number>(in, out);
    for_each_number(out, [&](int n, int c, int, int) {
      double sum = 0;
      for_each_pixel(in.only(n), [&](int, int y, int x) { sum += double{before(in(n, c, y, x), c)}; });
      out(n, c, 0, 0) = static_cast<Number>(sum / static_cast<double>(in.shape.pixels()));
    });
  }

  /// d_activated[n,c,y,x] += d_out[n,c] / (H·W)
  template<class Number>
  static void global_average_pool_gradient(const workers&, given<view<const Number>> d_out,
                                           view<Number> d_activated)
  {
    ensure_means_fit<Number>(d_activated, d_out);
    const auto pixels = static_cast<double>(d_activated.shape.pixels());
    for_each_number(d_activated, [&](int n, int c, int y, int x) {
      d_activated(n, c, y, x) += static_cast<Number>(double{d_out(n, c, 0, 0)} / pixels);
    });
  }

private:
  struct cell {
    int row{};
    int column{};
  };

  template<class Number>
  static cell largest(const view<const Number>& in, const activation_rule<Number>& before, const window& moving,
                      int n, int c, int y, int x)
  {
    cell best{};
    Number most{};
    bool found = false;
    for (int ky = 0; ky < moving.kernel; ++ky)
      for (int kx = 0; kx < moving.kernel; ++kx) {
        const int row = y * moving.stride + ky - moving.padding;
        const int column = x * moving.stride + kx - moving.padding;
        if (!inside(in.shape, row, column)) continue;
        const Number value = before(in(n, c, row, column), c);
        const bool is_nan = value != value;
        if (found && !(value > most) && !is_nan) continue;
        best = {row, column};
        most = value;
        found = true;
      }
    return best;
  }

  template<class Number>
  static void ensure_average_fits(const view<const Number>& in, const window& moving,
                                  const view<const Number>& out)
  {
    ensure_pool_fits(in, moving, out);
    ensure(moving.padding == 0, "an average pool has a padding, expected none: pad the maps before it");
  }

  template<class Number>
  static void ensure_means_fit(const view<const Number>& in, const view<const Number>& out)
  {
    ensure(in.samples == out.samples && in.shape.channels == out.shape.channels && out.shape.pixels() == 1,
           "a global average pool gives one number a channel: its output must be channels x 1 x 1");
  }
};

}  // namespace thorax
