// SPDX-License-Identifier: MIT
//
// convolution as matrix products: weights times the patch matrix, of which only a part that fits the cache
// exists at a time. Differs from the reference in summing in float, in the order of BLAS.

#pragma once

#include <thorax/backend/contract.hpp>     // ensure_window_fits
#include <thorax/backend/cpu/gemm.hpp>     // multiply
#include <thorax/backend/cpu/packing.hpp>  // patches
#include <thorax/backend/cpu/planes.hpp>   // even_share, shares_of

#include <algorithm>  // clamp, max, min
#include <cstddef>    // ptrdiff_t, size_t

namespace thorax {

struct cpu_convolution {
  /// A task is a sample and a chunk of output pixels: panels of the patch matrix are packed one after the
  /// other, each multiplied into the output at once; the rule behind follows while the chunk is in the cache.
  /// A 1x1 convolution without a rule before it reads its input where it lies.
  static void convolution(const workers& w, view<const float> in, activation_rule<float> before,
                          const float* weights, window moving, activation_rule<float> after, view<float> out)
  {
    ensure_window_fits(in, moving, out);
    const bool direct = is_pointwise(moving) && before.is_identity();
    const cut part = forward_cut(in.shape, out.shape, moving);
    ensure_scratch(w, direct ? 0 : part.floats(moving));
    const int pixels = static_cast<int>(out.shape.pixels());
    const int chunks = shares_of(pixels, part.pixels);
    w.run(out.samples * chunks, [&](int task, int thread) {
      const int n = task / chunks;
      const int first = task % chunks * part.pixels;
      const int last = std::min(first + part.pixels, pixels);
      float* const packed = direct ? nullptr : w.scratch_of(thread);
      forward_chunk(in.only(n), before, weights, moving, part, first, last, packed, out.only(n));
      if (after.is_identity()) return;
      for (int o = 0; o < out.shape.channels; ++o) {
        float* const row = out.channel(n, o) + first;
        activate_row(after, o, row, last - first, row);
      }
    });
  }

  /// A task is a panel of input channels, for which it visits all samples: no partial sums are left to add.
  static void convolution_gradient_of_weights(const workers& w, view<const float> in,
                                              activation_rule<float> before, view<const float> d_out,
                                              window moving, float* d_weights)
  {
    ensure_window_fits(in, moving, d_out);
    const bool direct = is_pointwise(moving) && before.is_identity();
    const cut part = weights_cut(in.shape, d_out.shape, moving);
    ensure_scratch(w, direct ? 0 : part.floats(moving));
    const int pixels = static_cast<int>(d_out.shape.pixels());
    w.run(shares_of(in.shape.channels, part.channels), [&](int task, int thread) {
      const int c = task * part.channels;
      const int channels = std::min(part.channels, in.shape.channels - c);
      for (int n = 0; n < in.samples; ++n)
        for (int first = 0; first < pixels; first += part.pixels) {
          const int last = std::min(first + part.pixels, pixels);
          const matrix seen = direct ? matrix{in.channel(n, c) + first, pixels, true}
                                     : packed_panel(in.only(n), before, moving, d_out.shape, c, channels, first,
                                                    last, w.scratch_of(thread), true);
          multiply(d_out.shape.channels, channels * taps(moving), last - first,
                   {d_out.channel(n, 0) + first, pixels}, seen, 1, d_weights + std::ptrdiff_t{c} * taps(moving),
                   std::ptrdiff_t{in.shape.channels} * taps(moving));
        }
    });
  }

  /// A task is a sample and a panel of its input channels: the gradient of the patch matrix is formed chunk by
  /// chunk and added back to the cells; a 1x1 convolution adds at once.
  static void convolution_gradient_of_input(const workers& w, view<const float> d_out, const float* weights,
                                            window moving, view<float> d_activated)
  {
    ensure_window_fits(d_activated, moving, d_out);
    const bool direct = is_pointwise(moving);
    const cut part = input_cut(d_activated.shape, d_out.shape, moving);
    ensure_scratch(w, direct ? 0 : part.floats(moving));
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
        float* const result = direct ? d_activated.channel(n, c) + first : w.scratch_of(thread);
        multiply(channels * taps(moving), last - first, d_out.shape.channels, rows, arriving, direct ? 1.0F : 0.0F,
                 result, direct ? pixels : last - first);
        if (direct) continue;
        const patches geometry{d_activated.shape, d_out.shape, moving, first, last};
        for (int i = 0; i < channels; ++i)
          geometry.add_back(result + std::ptrdiff_t{i} * taps(moving) * (last - first),
                            d_activated.channel(n, c + i));
      }
    });
  }

  /// returns:  floats that one thread needs for a convolution of these extents, forward and backward
  static constexpr std::size_t convolution_scratch(const extents& in, const extents& out, const window& moving)
  {
    return std::max({forward_cut(in, out, moving).floats(moving), weights_cut(in, out, moving).floats(moving),
                     input_cut(in, out, moving).floats(moving)});
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
  static constexpr bool is_pointwise(const window& moving) { return moving == window{1, 1, 0}; }

  // Sizes by measurement on DenseNet201's shapes. Large chunks are faster, because each product packs its
  // weights again; small maps are cut all the same, so that several threads have something to do: 9x9 into 2
  // chunks, 18x18 into 4.
  static constexpr cut forward_cut(const extents& in, const extents& out, const window& moving)
  {
    const auto pixels = static_cast<int>(out.pixels());
    return {channels_of(in, moving, rows_together),
            even_share(pixels, std::clamp(pixels / 4, 48, pixels_together))};
  }

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

  static void ensure_scratch(const workers& w, std::size_t floats)
  {
    ensure(w.scratch_floats >= floats, "the scratch of the workers is too small: size it by cpu::scratch_floats");
  }

  static matrix packed_panel(view<const float> in, const activation_rule<float>& before, const window& moving,
                             const extents& out, int c, int channels, int first, int last, float* packed,
                             bool transposed)
  {
    const std::ptrdiff_t columns = last - first;
    const patches geometry{in.shape, out, moving, first, last};
    for (int i = c; i < c + channels; ++i)
      if (is_pointwise(moving))
        activate_row(before, i, in.channel(0, i) + first, columns, packed + (i - c) * columns);
      else geometry.pack(in.channel(0, i), before, i, packed + (i - c) * taps(moving) * columns);
    return {packed, columns, transposed};
  }

  static void forward_chunk(view<const float> in, const activation_rule<float>& before, const float* weights,
                            const window& moving, const cut& part, int first, int last, float* packed,
                            view<float> out)
  {
    const int inputs = in.shape.channels;
    const auto pixels = static_cast<std::ptrdiff_t>(out.shape.pixels());
    const int together = packed == nullptr ? inputs : part.channels;
    for (int c = 0; c < inputs; c += together) {
      const int channels = std::min(together, inputs - c);
      const matrix seen = packed == nullptr
                          ? matrix{in.channel(0, c) + first, pixels}
                          : packed_panel(in, before, moving, out.shape, c, channels, first, last, packed, false);
      const matrix rows{weights + std::ptrdiff_t{c} * taps(moving), std::ptrdiff_t{inputs} * taps(moving)};
      multiply(out.shape.channels, last - first, channels * taps(moving), rows, seen, c == 0 ? 0.0F : 1.0F,
               out.data + first, pixels);
    }
  }
};

}  // namespace thorax
