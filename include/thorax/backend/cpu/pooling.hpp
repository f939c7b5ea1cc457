// SPDX-License-Identifier: MIT
//
// pooling, a channel at a time. Differs from the reference in the order of loops: each tap of the window runs
// along a line of output pixels, which vectorizes.

#pragma once

#include <thorax/backend/contract.hpp>    // ensure_pool_fits
#include <thorax/backend/cpu/planes.hpp>  // channel_rule, for_each_plane, sum_of
#include <thorax/plan/op.hpp>             // window
#include <thorax/tensor/view.hpp>         // view

#include <algorithm>  // fill, max, min
#include <cstddef>    // ptrdiff_t
#include <limits>     // infinity

namespace thorax {

struct cpu_pooling {
  static void max_pool(const workers& w, view<const float> in, activation_rule<float> before, window moving,
                       view<float> out)
  {
    ensure_pool_fits(in, moving, out);
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      const float* const plane = in.channel(n, c);
      const channel_rule activate{before, c};
      for (int y = 0; y < out.shape.height; ++y) {
        float* const line = &out(n, c, y, 0);
        std::fill(line, line + out.shape.width, -std::numeric_limits<float>::infinity());
        for_each_run(in.shape, moving, y, out.shape.width, [&](const run& found) {
          along(found, plane, moving.stride, [&](int x, float cell) {
            const float value = activate(cell);
            const bool wins = value > line[x] || value != value;
            line[x] = wins ? value : line[x];
          });
        });
      }
    });
  }

  static void max_pool_gradient(const workers& w, view<const float> in, activation_rule<float> before,
                                window moving, view<const float> d_out, view<float> d_activated)
  {
    ensure_pool_fits(in, moving, d_out);
    ensure_same_extents(in, d_activated);
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      float* const result = d_activated.channel(n, c);
      const channel_rule activate{before, c};
      const float* const plane = in.channel(n, c);
      for (int y = 0; y < d_out.shape.height; ++y)
        for (int x = 0; x < d_out.shape.width; x += winners::together) {
          winners line;
          const int last = std::min(x + winners::together, d_out.shape.width);
          for_each_run(in.shape, moving, y, last, [&](const run& found) {
            line.compete({found.cell, std::max(found.begin, x), found.end}, x, plane, moving.stride, activate);
          });
          for (int i = x; i < last; ++i) result[line.cells[i - x]] += d_out(n, c, y, i);
        }
    });
  }

  static void average_pool(const workers& w, view<const float> in, activation_rule<float> before, window moving,
                           view<float> out)
  {
    ensure_average_fits(in, moving, out);
    const float share = 1.0F / static_cast<float>(moving.kernel * moving.kernel);
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      const float* const plane = in.channel(n, c);
      const channel_rule activate{before, c};
      for (int y = 0; y < out.shape.height; ++y) {
        float* const line = &out(n, c, y, 0);
        std::fill(line, line + out.shape.width, 0.0F);
        for_each_run(in.shape, moving, y, out.shape.width, [&](const run& found) {
          along(found, plane, moving.stride, [&](int x, float cell) { line[x] += activate(cell); });
        });
        for (int x = 0; x < out.shape.width; ++x) line[x] *= share;
      }
    });
  }

  static void average_pool_gradient(const workers& w, view<const float> d_out, window moving,
                                    view<float> d_activated)
  {
    ensure_average_fits(d_activated, moving, d_out);
    const float share = 1.0F / static_cast<float>(moving.kernel * moving.kernel);
    for_each_plane(w, d_out.samples, d_out.shape, [&](int n, int c) {
      float* const plane = d_activated.channel(n, c);
      for (int y = 0; y < d_out.shape.height; ++y)
        for_each_run(d_activated.shape, moving, y, d_out.shape.width, [&](const run& found) {
          for (int x = found.begin; x < found.end; ++x)
            plane[found.cell + std::ptrdiff_t{x} * moving.stride] += d_out(n, c, y, x) * share;
        });
    });
  }

  static void global_average_pool(const workers& w, view<const float> in, activation_rule<float> before,
                                  view<float> out)
  {
    ensure_means_fit(in, out);
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      const float* const plane = in.channel(n, c);
      const channel_rule activate{before, c};
      const double sum = sum_of(pixels, [=](std::ptrdiff_t i) { return activate(plane[i]); });
      out(n, c, 0, 0) = static_cast<float>(sum / static_cast<double>(pixels));
    });
  }

  static void global_average_pool_gradient(const workers& w, view<const float> d_out, view<float> d_activated)
  {
    ensure_means_fit(d_activated, d_out);
    const auto pixels = static_cast<std::ptrdiff_t>(d_activated.shape.pixels());
    for_each_plane(w, d_activated.samples, d_activated.shape, [&](int n, int c) {
      const float share = d_out(n, c, 0, 0) / static_cast<float>(pixels);
      float* const plane = d_activated.channel(n, c);
      for (std::ptrdiff_t i = 0; i < pixels; ++i) plane[i] += share;
    });
  }

private:
  /// One tap on one line of output: pixels x in [begin, end) see the cells `cell + x · stride`.
  struct run {
    std::ptrdiff_t cell{};
    int begin{};
    int end{};
  };

  template<class Visit>
  static void for_each_run(const extents& in, const window& moving, int y, int out_width, Visit&& visit)
  {
    for (int ky = 0; ky < moving.kernel; ++ky) {
      const int row = y * moving.stride + ky - moving.padding;
      if (row < 0 || row >= in.height) continue;
      for (int kx = 0; kx < moving.kernel; ++kx) {
        const int over = moving.padding - kx;
        const int begin = over > 0 ? (over + moving.stride - 1) / moving.stride : 0;
        const int end = in.width + over <= 0 ? 0 : std::min((in.width - 1 + over) / moving.stride + 1, out_width);
        visit(run{static_cast<std::ptrdiff_t>(row) * in.width - over, begin, end});
      }
    }
  }

  // The usual strides are known to the compiler, so that it loads whole vectors.
  template<class Visit>
  static void along(const run& found, const float* plane, int stride, Visit&& visit)
  {
    if (stride == 2)
      for (int x = found.begin; x < found.end; ++x) visit(x, plane[found.cell + 2 * std::ptrdiff_t{x}]);
    else
      for (int x = found.begin; x < found.end; ++x) visit(x, plane[found.cell + std::ptrdiff_t{x} * stride]);
  }

  /// The first largest cells of some neighboring windows; a NaN counts as the largest.
  struct winners {
    static constexpr int together = 64;
    float most[together];
    int cells[together];

    winners()
    {
      std::fill(most, most + together, -std::numeric_limits<float>::infinity());
      std::fill(cells, cells + together, -1);
    }

    void compete(const run& found, int first, const float* plane, int stride, const channel_rule& activate)
    {
      along(found, plane, stride, [&](int x, float cell) {
        const float value = activate(cell);
        const int i = x - first;
        const bool wins = value > most[i] || value != value || cells[i] < 0;
        most[i] = wins ? value : most[i];
        cells[i] = wins ? static_cast<int>(found.cell) + x * stride : cells[i];
      });
    }
  };

  static void ensure_average_fits(const view<const float>& in, const window& moving, const view<const float>& out)
  {
    ensure_pool_fits(in, moving, out);
    ensure(moving.padding == 0, "an average pool has a padding, expected none: pad the maps before it");
  }

  static void ensure_means_fit(const view<const float>& in, const view<const float>& out)
  {
    ensure(in.samples == out.samples && in.shape.channels == out.shape.channels && out.shape.pixels() == 1,
           "a global average pool gives one number a channel: its output must be channels x 1 x 1");
  }
};

}  // namespace thorax
