// SPDX-License-Identifier: MIT
//
// predictor: ops on maps that lie pixel after pixel, of several films at once. A convolution that pools before or behind
// itself does so in scratch.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>            // cuda_predictor
#include <thorax/backend/cuda/packed_numbers.cuh>  // packed_numbers
#include <thorax/backend/cuda/positions.cuh>       // film_pixel, is_inside, pixel_position, seen_cells
#include <thorax/backend/cuda/product.cuh>         // multiply
#include <thorax/backend/cuda/softmax.cuh>         // write_softmax
#include <thorax/backend/cuda/sums.cuh>            // sum_lines, two_numbers

#include <cmath>    // exp
#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

/// What a pixel of the output sees: a line is a pixel, its depth the window's cells and the input's channels.
struct seen_pixels {
  static constexpr bool along_depth = true;

  pixel_view<const float> in;
  activation_rule<float> before;
  window moving;
  extents out;

  THORAX_DEVICE film_pixel line(int number) const { return {out, number}; }
  THORAX_DEVICE float operator()(const film_pixel& at, int d) const
  {
    const int cell = moving.kernel == 1 ? 0 : d / in.shape.channels;
    const int c = d - cell * in.shape.channels;
    const int y = at.y * moving.stride + cell / moving.kernel - moving.padding;
    const int x = at.x * moving.stride + cell % moving.kernel - moving.padding;
    return is_inside(in.shape, y, x) ? before(in(c, at.n * in.shape.height + y, x), c) : 0.0F;
  }
};

/// A line is an output; those of a depth lie beside each other.
struct packed_weights {
  static constexpr bool along_depth = false;

  const float* weights;
  int outputs;

  THORAX_DEVICE int line(int number) const { return number; }
  THORAX_DEVICE float operator()(int output, int d) const
  {
    return weights[static_cast<std::ptrdiff_t>(d) * outputs + output];
  }
};

struct into_pixels {
  static constexpr bool along_rows = false;

  pixel_view<float> out;
  activation_rule<float> after;

  THORAX_DEVICE void operator()(int row, int column, float sum) const { out.pixel(row)[column] = after(sum, column); }
};

inline std::size_t count_of(const pixel_view<float>& maps)
{
  return maps.shape.size() * static_cast<std::size_t>(maps.films);
}

/// Maps without anything between them.
inline pixel_view<float> pixels_at(float* start, const extents& shape, int films)
{
  return {start, shape, shape.channels, films};
}

inline void pool_largest(const pixel_view<const float>& in, const activation_rule<float>& before,
                         const window& moving, const pixel_view<float>& out)
{
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const pixel_position at{out.shape, i};
    const seen_cells rows{moving, at.y, in.shape.height};
    const seen_cells columns{moving, at.x, in.shape.width};
    float largest = before(in(at.c, at.row_in(in.shape, rows.first), columns.first), at.c);
    for (int y = rows.first; y < rows.end; ++y)
      for (int x = columns.first; x < columns.end; ++x) {
        const float value = before(in(at.c, at.row_in(in.shape, y), x), at.c);
        if (value > largest || value != value) largest = value;
      }
    out(at.c, at.row_in(out.shape, at.y), at.x) = largest;
  });
}

inline void pool_means(const pixel_view<const float>& in, const activation_rule<float>& before, const window& moving,
                       const pixel_view<float>& out)
{
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const pixel_position at{out.shape, i};
    const seen_cells rows{moving, at.y, in.shape.height};
    const seen_cells columns{moving, at.x, in.shape.width};
    double sum = 0;
    for (int y = rows.first; y < rows.end; ++y)
      for (int x = columns.first; x < columns.end; ++x)
        sum += double{before(in(at.c, at.row_in(in.shape, y), x), at.c)};
    out(at.c, at.row_in(out.shape, at.y), at.x) = static_cast<float>(sum / (moving.kernel * moving.kernel));
  });
}

namespace detail {

/// returns:  floats of one film that a convolution writes before it multiplies
inline std::size_t pooled_floats(const op& step)
{
  return step.mean_before == each_pixel ? 0 : step.mean_before.places(step.in.shape).size();
}

}  // namespace detail

std::size_t cuda_predictor::scratch_floats(const op& step)
{
  if (!is_product(step.kind)) return 0;
  return detail::pooled_floats(step) + (step.max_after == each_pixel ? 0 : step.convolved().size());
}

void cuda_predictor::convolution(const workers& w, const op& step, const float* packed, read in, written out)
{
  const packed_numbers all{step, packed};
  pixel_view<const float> seen = in;
  activation_rule<float> before = all.before;
  if (step.mean_before != each_pixel) {
    const pixel_view<float> means = pixels_at(w.scratch, step.mean_before.places(in.shape), in.films);
    pool_means(in, before, step.mean_before, means);
    seen = means;
    before = {};
  }
  float* const behind = w.scratch + detail::pooled_floats(step) * static_cast<std::size_t>(in.films);
  const extents made = step.convolved();
  const pixel_view<float> convolved = step.max_after == each_pixel ? out : pixels_at(behind, made, in.films);
  const int depth = in.shape.channels * step.moving.kernel * step.moving.kernel;
  multiply(in.films * static_cast<int>(made.pixels()), made.channels, depth,
           seen_pixels{seen, before, step.moving, made}, packed_weights{all.weights, made.channels},
           into_pixels{convolved, all.after});
  if (step.max_after != each_pixel) pool_largest(convolved, {}, step.max_after, out);
}

void cuda_predictor::max_pool(const workers&, const op& step, const float* packed, read in, written out)
{
  pool_largest(in, packed_numbers{step, packed}.before, step.moving, out);
}

void cuda_predictor::average_pool(const workers&, const op& step, const float* packed, read in, written out)
{
  pool_means(in, packed_numbers{step, packed}.before, step.moving, out);
}

void cuda_predictor::global_average_pool(const workers&, const op& step, const float* packed, read in, written out)
{
  const activation_rule<float> before = packed_numbers{step, packed}.before;
  const pixel_view<const float> maps = in;
  const pixel_view<float> means = out;
  const std::size_t pixels = in.shape.pixels();
  const int channels = in.shape.channels;
  sum_lines(
    in.films * channels, pixels,
    [=] THORAX_BOTH(int line, std::size_t i) {
      const int c = line % channels;
      const std::size_t pixel = static_cast<std::size_t>(line / channels) * pixels + i;
      return two_numbers{double{before(maps.pixel(static_cast<std::ptrdiff_t>(pixel))[c], c)}};
    },
    [=] THORAX_BOTH(int line, double sum, double) {
      means.pixel(line / channels)[line % channels] = static_cast<float>(sum / static_cast<double>(pixels));
    });
}

void cuda_predictor::activation(const workers&, const op& step, const float* packed, read in, written out)
{
  const activation_rule<float> before = packed_numbers{step, packed}.before;
  const pixel_view<const float> from = in;
  const pixel_view<float> to = out;
  for_each_index(count_of(to), [=] THORAX_BOTH(unsigned i) {
    const pixel_position at{to.shape, i};
    const int row = at.row_in(to.shape, at.y);
    to(at.c, row, at.x) = before(from(at.c, row, at.x), at.c);
  });
}

void cuda_predictor::softmax(const workers&, const op& step, const float* packed, read in, written out)
{
  const activation_rule<float> before = packed_numbers{step, packed}.before;
  const pixel_view<const float> from = in;
  const pixel_view<float> to = out;
  for_each_index(out.shape.pixels() * static_cast<std::size_t>(out.films), [=] THORAX_BOTH(unsigned i) {
    const float* const logits = from.pixel(static_cast<std::ptrdiff_t>(i));
    float* const said = to.pixel(static_cast<std::ptrdiff_t>(i));
    write_softmax(
      to.shape.channels, [&](int c) { return double{before(logits[c], c)}; },
      [&](int c, float probability) { said[c] = probability; });
  });
}

void cuda_predictor::sigmoid(const workers&, const op& step, const float* packed, read in, written out)
{
  const activation_rule<float> before = packed_numbers{step, packed}.before;
  const pixel_view<const float> from = in;
  const pixel_view<float> to = out;
  for_each_index(count_of(to), [=] THORAX_BOTH(unsigned i) {
    const pixel_position at{to.shape, i};
    const int row = at.row_in(to.shape, at.y);
    const double activated{before(from(at.c, row, at.x), at.c)};
    to(at.c, row, at.x) = static_cast<float>(1 / (1 + std::exp(-activated)));
  });
}

void cuda_predictor::take_in(const workers& w, const view<const float>& films, const pixel_view<float>& maps)
{
  const std::size_t size = films.shape.size();
  for (int n = 0; n < films.samples; ++n)
    cuda_memory::copy_in(films.sample(n), size, w.scratch + size * static_cast<std::size_t>(n));
  const pixel_view<float> to = maps;
  const auto from = view<const float>::packed(w.scratch, films.samples, films.shape);
  for_each_index(count_of(to), [=] THORAX_BOTH(unsigned i) {
    const pixel_position at{to.shape, i};
    to(at.c, at.row_in(to.shape, at.y), at.x) = from(at.film, at.c, at.y, at.x);
  });
}

void cuda_predictor::give_out(const workers& w, const pixel_view<const float>& maps, const view<float>& films)
{
  const std::size_t size = films.shape.size();
  const pixel_view<const float> from = maps;
  const auto to = view<float>::packed(w.scratch, films.samples, films.shape);
  for_each_index(size * static_cast<std::size_t>(films.samples), [=] THORAX_BOTH(unsigned i) {
    const pixel_position at{from.shape, i};
    to(at.film, at.c, at.y, at.x) = from(at.c, at.row_in(from.shape, at.y), at.x);
  });
  for (int n = 0; n < films.samples; ++n)
    cuda_memory::copy_out(w.scratch + size * static_cast<std::size_t>(n), size, films.sample(n));
}

}  // namespace thorax
