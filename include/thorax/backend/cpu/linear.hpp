// SPDX-License-Identifier: MIT
//
// linear as one matrix product over the batch. Differs from the reference in summing in float, in the order
// of BLAS.

#pragma once

#include <thorax/backend/contract.hpp>    // ensure_rows
#include <thorax/backend/cpu/gemm.hpp>    // multiply, multiply_vector
#include <thorax/backend/cpu/planes.hpp>  // even_share, shares_of, sum_of
#include <thorax/tensor/view.hpp>         // view

#include <algorithm>  // min
#include <cstddef>    // ptrdiff_t, size_t

namespace thorax {

struct cpu_linear {
  /// A task is a range of outputs; each packs the activated input again, which costs little beside its product.
  static void linear(const workers& w, view<const float> in, activation_rule<float> before, const float* weights,
                     activation_rule<float> after, view<float> out)
  {
    ensure_rows(in, out);
    ensure_scratch(w, in.shape);
    const int outputs = out.shape.channels;
    const int together = even_share(outputs, outputs_together);
    w.run(shares_of(outputs, together), [&](int task, int thread) {
      const int o = task * together;
      const int count = std::min(together, outputs - o);
      for_each_block(in, [&](int n, int samples, int c, int channels) {
        const matrix rows{weights + std::ptrdiff_t{o} * in.shape.channels + c, in.shape.channels};
        const matrix seen = activated(in, before, n, samples, c, channels, w.scratch_of(thread));
        const float keep = c == 0 ? 0.0F : 1.0F;
        if (samples == 1) multiply_vector(count, channels, rows, seen.data, keep, out.channel(n, o));
        else
          multiply(samples, count, channels, seen, {rows.data, rows.stride, true}, keep, out.channel(n, o),
                   out.sample_stride);
      });
      if (after.is_identity()) return;
      for (int n = 0; n < out.samples; ++n)
        for (int i = o; i < o + count; ++i) out(n, i, 0, 0) = after(out(n, i, 0, 0), i);
    });
  }

  /// A task is a range of inputs, for which it visits all samples.
  static void linear_gradient_of_weights(const workers& w, view<const float> in, activation_rule<float> before,
                                         view<const float> d_out, float* d_weights)
  {
    ensure_rows(in, d_out);
    ensure_scratch(w, in.shape);
    const int inputs = in.shape.channels;
    const int together = even_share(inputs, inputs_together);
    w.run(shares_of(inputs, together), [&](int task, int thread) {
      const int c = task * together;
      const int channels = std::min(together, inputs - c);
      for (int n = 0; n < in.samples; n += samples_together) {
        const int samples = std::min(samples_together, in.samples - n);
        const matrix seen = activated(in, before, n, samples, c, channels, w.scratch_of(thread));
        multiply(d_out.shape.channels, channels, samples, {d_out.sample(n), d_out.sample_stride, true}, seen, 1,
                 d_weights + c, inputs);
      }
    });
  }

  /// A task is a range of inputs.
  static void linear_gradient_of_input(const workers& w, view<const float> d_out, const float* weights,
                                       view<float> d_activated)
  {
    ensure_rows(d_activated, d_out);
    const int inputs = d_activated.shape.channels;
    const int together = even_share(inputs, inputs_together);
    w.run(shares_of(inputs, together), [&](int task, int) {
      const int c = task * together;
      multiply(d_out.samples, std::min(together, inputs - c), d_out.shape.channels,
               {d_out.data, d_out.sample_stride}, {weights + c, inputs}, 1, d_activated.data + c,
               d_activated.sample_stride);
    });
  }

  /// A task is a range of channels, for which it visits all samples.
  static void gradient_of_bias(const workers& w, view<const float> d_out, float* d_bias)
  {
    const auto pixels = static_cast<std::ptrdiff_t>(d_out.shape.pixels());
    for_each_channel(w, d_out.samples, d_out.shape, [&](int c) {
      double sum = 0;
      for (int n = 0; n < d_out.samples; ++n) {
        const float* const row = d_out.channel(n, c);
        sum += sum_of(pixels, [=](std::ptrdiff_t i) { return row[i]; });
      }
      d_bias[c] += static_cast<float>(sum);
    });
  }

  /// returns:  floats that one thread needs for a linear layer with these inputs, forward and backward
  static constexpr std::size_t linear_scratch(const extents& in)
  {
    return static_cast<std::size_t>(samples_together) *
           static_cast<std::size_t>(even_share(in.channels, inputs_packed));
  }

private:
  static constexpr int outputs_together = 64;
  static constexpr int inputs_together = 256;
  static constexpr int inputs_packed = 2048;
  static constexpr int samples_together = 32;

  static void ensure_scratch(const workers& w, const extents& in)
  {
    ensure(w.scratch_floats >= linear_scratch(in),
           "the scratch of the workers is too small: size it by cpu::scratch_floats");
  }

  template<class Visit>
  static void for_each_block(const view<const float>& in, Visit&& visit)
  {
    const int together = even_share(in.shape.channels, inputs_packed);
    for (int n = 0; n < in.samples; n += samples_together)
      for (int c = 0; c < in.shape.channels; c += together)
        visit(n, std::min(samples_together, in.samples - n), c, std::min(together, in.shape.channels - c));
  }

  // Rows of activated numbers, packed unless the input can be read as it lies.
  static matrix activated(const view<const float>& in, const activation_rule<float>& before, int n, int samples,
                          int c, int channels, float* packed)
  {
    if (before.is_identity()) return {in.channel(n, c), in.sample_stride};
    for (int row = 0; row < samples; ++row)
      for (int i = 0; i < channels; ++i)
        packed[std::ptrdiff_t{row} * channels + i] = before(in(n + row, c + i, 0, 0), c + i);
    return {packed, channels};
  }
};

}  // namespace thorax
