// SPDX-License-Identifier: MIT
//
// predictor, as it is defined: each op of a plan for predicting in plain loops, sums in double. A convolution pools
// before and behind itself where the plan says so.

#pragma once

#include <thorax/backend/predictor.hpp>        // op_numbers, predictor
#include <thorax/backend/reference/loops.hpp>  // inside

#include <algorithm>  // copy_n, fill_n, max
#include <cmath>      // exp, isnan
#include <cstddef>    // ptrdiff_t, size_t
#include <limits>

namespace thorax {

/// Packs the rule before, the rule behind and the weights one after the other, unchanged.
struct reference_predictor {
  using memory_type = host_memory;
  static constexpr int films_at_once = 1;

  [[nodiscard]] static std::size_t packed_floats(const op& step)
  {
    return 2 * channels(step.in) + 2 * channels(step.out) + weight_floats(step);
  }
  /// A convolution writes down what it reads, pooled and activated, before it multiplies.
  [[nodiscard]] static std::size_t scratch_floats(const op& step)
  {
    return is_product(step.kind) ? step.mean_before.places(step.in.shape).size() : 0;
  }

  static void pack(const op& step, const op_numbers& numbers, float* packed)
  {
    packed = write_rule(numbers.before, channels(step.in), packed);
    packed = write_rule(numbers.after, channels(step.out), packed);
    if (numbers.weights != nullptr) std::copy_n(numbers.weights, weight_floats(step), packed);
  }

  /// out[o,y,x] = largest over the windows of max_after of after(o, Σ over i,ky,kx of w[o,i,ky,kx] · read(i, …)),
  /// where read(i, …) is 0 outside and inside the mean over the windows of mean_before of before(i, in).
  static void convolution(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                          pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    const extents seen = step.mean_before.places(in.shape);
    const pixel_view<float> read{w.scratch_of(0), seen, seen.channels};
    for_each(read, [&](int c, int y, int x) { return mean(step.mean_before, all, in, c, y, x); });
    for_each(out, [&](int o, int y, int x) {
      double largest = -std::numeric_limits<double>::infinity();
      for_each_cell(step.max_after, step.convolved(), y, x, [&](int row, int column) {
        largest = larger_of(largest, all.after(static_cast<float>(sum_at(step, all, read, o, row, column)), o));
      });
      return largest;
    });
  }

  static void max_pool(const workers&, const op& step, const float* packed, pixel_view<const float> in,
                       pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    for_each(out, [&](int c, int y, int x) {
      double largest = -std::numeric_limits<double>::infinity();
      for_each_cell(step.moving, in.shape, y, x, [&](int row, int column) {
        largest = larger_of(largest, all.before(in(c, row, column), c));
      });
      return largest;
    });
  }

  static void average_pool(const workers&, const op& step, const float* packed, pixel_view<const float> in,
                           pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    for_each(out, [&](int c, int y, int x) { return mean(step.moving, all, in, c, y, x); });
  }

  static void global_average_pool(const workers&, const op& step, const float* packed, pixel_view<const float> in,
                                  pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    for_each(out, [&](int c, int, int) {
      double sum = 0;
      for (int y = 0; y < in.shape.height; ++y)
        for (int x = 0; x < in.shape.width; ++x) sum += double{all.before(in(c, y, x), c)};
      return sum / static_cast<double>(in.shape.pixels());
    });
  }

  static void activation(const workers&, const op& step, const float* packed, pixel_view<const float> in,
                         pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    for_each(out, [&](int c, int y, int x) { return double{all.before(in(c, y, x), c)}; });
  }

  /// out[c] = exp(in[c] − m) / Σ over k of exp(in[k] − m) for each pixel, m the largest of them
  static void softmax(const workers&, const op& step, const float* packed, pixel_view<const float> in,
                      pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    for_each(out, [&](int c, int y, int x) {
      double largest = -std::numeric_limits<double>::infinity();
      for (int k = 0; k < in.shape.channels; ++k) largest = std::max(largest, double{all.before(in(k, y, x), k)});
      double sum = 0;
      for (int k = 0; k < in.shape.channels; ++k) sum += std::exp(double{all.before(in(k, y, x), k)} - largest);
      return std::exp(double{all.before(in(c, y, x), c)} - largest) / sum;
    });
  }

  /// out = 1 / (1 + exp(−in))
  static void sigmoid(const workers&, const op& step, const float* packed, pixel_view<const float> in,
                      pixel_view<float> out)
  {
    const numbers_of all{step, packed};
    for_each(out, [&](int c, int y, int x) { return 1 / (1 + std::exp(-double{all.before(in(c, y, x), c)})); });
  }

private:
  static std::size_t channels(const slice& maps) { return static_cast<std::size_t>(maps.shape.channels); }
  static std::size_t weight_floats(const op& step)
  {
    const auto taps = static_cast<std::size_t>(step.moving.kernel) * static_cast<std::size_t>(step.moving.kernel);
    return is_product(step.kind) ? channels(step.in) * channels(step.out) * taps : 0;
  }

  static float* write_rule(const activation_rule<float>& rule, std::size_t count, float* to)
  {
    if (rule.scale != nullptr) std::copy_n(rule.scale, count, to);
    else std::fill_n(to, count, 1.0F);
    if (rule.shift != nullptr) std::copy_n(rule.shift, count, to + count);
    else std::fill_n(to + count, count, 0.0F);
    return to + 2 * count;
  }

  struct numbers_of {
    activation_rule<float> before;
    activation_rule<float> after;
    const float* weights;

    numbers_of(const op& step, const float* packed)
      : before{packed, packed + channels(step.in), step.relu_before}, after{}, weights{}
    {
      const float* behind = packed + 2 * channels(step.in);
      after = {behind, behind + channels(step.out), step.relu_after};
      weights = behind + 2 * channels(step.out);
    }
  };

  /// Sets every number of the maps to `made(c, y, x)`.
  template<class Make>
  static void for_each(const pixel_view<float>& maps, Make&& made)
  {
    for (int y = 0; y < maps.shape.height; ++y)
      for (int x = 0; x < maps.shape.width; ++x)
        for (int c = 0; c < maps.shape.channels; ++c) maps(c, y, x) = static_cast<float>(made(c, y, x));
  }

  /// Calls `visit(row, column)` for the cells of `shape` that the window sees at its place (y, x).
  template<class Visit>
  static void for_each_cell(const window& moving, const extents& shape, int y, int x, Visit&& visit)
  {
    for (int ky = 0; ky < moving.kernel; ++ky)
      for (int kx = 0; kx < moving.kernel; ++kx) {
        const int row = y * moving.stride + ky - moving.padding;
        const int column = x * moving.stride + kx - moving.padding;
        if (inside(shape, row, column)) visit(row, column);
      }
  }

  /// What is not a number stays so.
  static double larger_of(double largest, double next)
  {
    return largest >= next || std::isnan(largest) ? largest : next;
  }

  static double mean(const window& moving, const numbers_of& all, const pixel_view<const float>& in, int c, int y,
                     int x)
  {
    double sum = 0;
    for_each_cell(moving, in.shape, y, x, [&](int row, int column) { sum += double{all.before(in(c, row, column), c)}; });
    return sum / (moving.kernel * moving.kernel);
  }

  static double sum_at(const op& step, const numbers_of& all, const pixel_view<const float>& read, int o, int y, int x)
  {
    const int taps = step.moving.kernel * step.moving.kernel;
    const float* const weights = all.weights + static_cast<std::ptrdiff_t>(o) * read.shape.channels * taps;
    double sum = 0;
    for_each_cell(step.moving, read.shape, y, x, [&](int row, int column) {
      const int ky = row - y * step.moving.stride + step.moving.padding;
      const int kx = column - x * step.moving.stride + step.moving.padding;
      const float* const pixel = read.pixel(row, column);
      for (int i = 0; i < read.shape.channels; ++i)
        sum += double{weights[i * taps + ky * step.moving.kernel + kx]} * double{pixel[i]};
    });
    return sum;
  }
};

static_assert(predictor<reference_predictor>);

}  // namespace thorax
