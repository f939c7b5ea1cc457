// SPDX-License-Identifier: MIT
//
// patch_convolution: the gradients of any convolution as matrix products with the patch matrix, of which only a part that
// fits the cache exists at a time. Differs from the reference in summing in float, in the order of BLAS.

#pragma once

#include <thorax/backend/cpu/gemm.hpp>     // multiply
#include <thorax/backend/cpu/packing.hpp>  // patches
#include <thorax/backend/cpu/planes.hpp>   // even_share, shares_of
#include <thorax/plan/op.hpp>             // window
#include <thorax/tensor/view.hpp>         // view

#include <algorithm>  // clamp, max, min
#include <cstddef>    // ptrdiff_t, size_t

namespace thorax {

/// For the windows that have no kernels of their own: those that leave pixels out, and those of odd extents.
struct patch_convolution {
  /// A task is a panel of input channels, for which it visits all samples: no partial sums are left to add.
  static void gradient_of_weights(const workers& w, view<const float> in, activation_rule<float> before,
                                  view<const float> d_out, window moving, float* d_weights)
  {
    const cut part = weights_cut(in.shape, d_out.shape, moving);
    const int pixels = static_cast<int>(d_out.shape.pixels());
    w.run(shares_of(in.shape.channels, part.channels), [&](int task, int thread) {
      const int c = task * part.channels;
      const int channels = std::min(part.channels, in.shape.channels - c);
      for (int n = 0; n < in.samples; ++n)
        for (int first = 0; first < pixels; first += part.pixels) {
          const int last = std::min(first + part.pixels, pixels);
          const matrix seen = packed_panel(in.only(n), before, moving, d_out.shape, c, channels, first, last,
                                           w.scratch_of(thread));
          multiply(d_out.shape.channels, channels * taps(moving), last - first,
                   {d_out.channel(n, 0) + first, pixels}, seen, 1, d_weights + std::ptrdiff_t{c} * taps(moving),
                   std::ptrdiff_t{in.shape.channels} * taps(moving));
        }
    });
  }

  /// A task is a sample and a panel of its input channels: the gradient of the patch matrix is formed chunk by
  /// chunk and added back to the cells.
  static void gradient_of_input(const workers& w, view<const float> d_out, const float* weights, window moving,
                                view<float> d_activated)
  {
    const cut part = input_cut(d_activated.shape, d_out.shape, moving);
    const int inputs = d_activated.shape.channels;
    const int panels = shares_of(inputs, part.channels);
    const int pixels = static_cast<int>(d_out.shape.pixels());
    w.run(d_out.samples * panels, [&](int task, int thread) {
      const int n = task / panels;
      const int c = task % panels * part.channels;
      const int channels = std::min(part.channels, inputs - c);
      const matrix rows{weights + std::ptrdiff_t{c} * taps(moving), std::ptrdiff_t{inputs} * taps(moving), true};
      for (int first = 0; first < pixels; first += part.pixels) {
        const int last = std::min(first + part.pixels, pixels);
        const matrix arriving{d_out.channel(n, 0) + first, pixels};
        float* const result = w.scratch_of(thread);
        multiply(channels * taps(moving), last - first, d_out.shape.channels, rows, arriving, 0, result, last - first);
        const patches geometry{d_activated.shape, d_out.shape, moving, first, last};
        for (int i = 0; i < channels; ++i)
          geometry.add_back(result + std::ptrdiff_t{i} * taps(moving) * (last - first),
                            d_activated.channel(n, c + i));
      }
    });
  }

  /// returns:  floats that one thread needs for both
  static constexpr std::size_t scratch_floats(const extents& in, const extents& out, const window& moving)
  {
    return std::max(weights_cut(in, out, moving).floats(moving), input_cut(in, out, moving).floats(moving));
  }

private:
  /// How much of the patch matrix exists at a time: all taps of some channels, for some output pixels.
  struct cut {
    int channels{};
    int pixels{};

    [[nodiscard]] constexpr std::size_t floats(const window& moving) const
    {
      return static_cast<std::size_t>(channels) * static_cast<std::size_t>(taps(moving)) *
             static_cast<std::size_t>(pixels);
    }
  };

  static constexpr int taps(const window& moving) { return moving.kernel * moving.kernel; }

  // Sizes by measurement on DenseNet201's shapes.
  static constexpr cut weights_cut(const extents& in, const extents& out, const window& moving)
  {
    const int channels = channels_of(in, moving, std::clamp(in.channels * taps(moving) / 8, 32, 192));
    const int fitting = rows_together * pixels_together / (channels * taps(moving));
    return {channels, even_share(static_cast<int>(out.pixels()), std::max(fitting, 16))};
  }

  static constexpr cut input_cut(const extents& in, const extents& out, const window& moving)
  {
    const int channels = channels_of(in, moving, std::clamp(in.channels * taps(moving) / 4, 64, 256));
    return {channels, even_share(static_cast<int>(out.pixels()), pixels_together)};
  }

  static constexpr int rows_together = 384;
  static constexpr int pixels_together = 384;

  static constexpr int channels_of(const extents& in, const window& moving, int rows)
  {
    return even_share(in.channels, std::max(rows / taps(moving), 1));
  }

  static matrix packed_panel(view<const float> in, const activation_rule<float>& before, const window& moving,
                             const extents& out, int c, int channels, int first, int last, float* packed)
  {
    const std::ptrdiff_t columns = last - first;
    const patches geometry{in.shape, out, moving, first, last};
    for (int i = c; i < c + channels; ++i)
      geometry.pack(in.channel(0, i), before, i, packed + (i - c) * taps(moving) * columns);
    return {packed, columns, true};
  }
};

}  // namespace thorax
