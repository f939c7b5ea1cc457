// SPDX-License-Identifier: MIT
//
// convolution: matrix products whose factors are looked up in the maps as they lie. Channel after channel, for training.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_same_extents, ensure_window_fits
#include <thorax/backend/cuda/cuda.hpp>       // cuda_convolution
#include <thorax/backend/cuda/positions.cuh>  // film_pixel, window_cell
#include <thorax/backend/cuda/product.cuh>    // multiply

#include <cstddef>  // ptrdiff_t

namespace thorax {

/// What a pixel of the output sees: a line is a pixel, its depth the input's channels and the window's cells.
struct seen_patches {
  static constexpr bool along_depth = false;

  view<const float> in;
  activation_rule<float> before;
  window moving;
  extents out;

  THORAX_DEVICE film_pixel line(int number) const { return {out, number}; }
  THORAX_DEVICE float operator()(const film_pixel& at, int d) const
  {
    const window_cell cell{moving.kernel, d};
    const int y = at.y * moving.stride + cell.ky - moving.padding;
    const int x = at.x * moving.stride + cell.kx - moving.padding;
    return is_inside(in.shape, y, x) ? before(in(at.n, cell.channel, y, x), cell.channel) : 0.0F;
  }
};

/// The same the other way round: a line is a channel and a cell, the depth a pixel.
struct patches_of_pixels {
  static constexpr bool along_depth = true;

  seen_patches of;

  THORAX_DEVICE int line(int number) const { return number; }
  THORAX_DEVICE float operator()(int cell, int d) const { return of(of.line(d), cell); }
};

/// Which outputs see a pixel of the input, and where: a line is a pixel, the depth the outputs and the window's cells.
struct seeing_outputs {
  static constexpr bool along_depth = false;

  view<const float> d_out;
  window moving;
  extents in;

  THORAX_DEVICE film_pixel line(int number) const { return {in, number}; }
  THORAX_DEVICE float operator()(const film_pixel& at, int d) const
  {
    const window_cell cell{moving.kernel, d};
    const int y = at.y + moving.padding - cell.ky;
    const int x = at.x + moving.padding - cell.kx;
    if (y % moving.stride != 0 || x % moving.stride != 0) return 0;
    const bool sees = is_inside(d_out.shape, y / moving.stride, x / moving.stride);
    return sees ? d_out(at.n, cell.channel, y / moving.stride, x / moving.stride) : 0.0F;
  }
};

/// A line is an output, its weights lie one behind the other.
struct weights_by_output {
  static constexpr bool along_depth = true;

  const float* weights;
  int depth;

  THORAX_DEVICE const float* line(int number) const { return weights + static_cast<std::ptrdiff_t>(number) * depth; }
  THORAX_DEVICE float operator()(const float* line, int d) const { return line[d]; }
};

/// A line is an input, the depth the outputs and the window's cells.
struct weights_by_input {
  static constexpr bool along_depth = true;

  const float* weights;
  int inputs;
  int cells;

  THORAX_DEVICE const float* line(int number) const { return weights + static_cast<std::ptrdiff_t>(number) * cells; }
  THORAX_DEVICE float operator()(const float* line, int d) const
  {
    return line[static_cast<std::ptrdiff_t>(d / cells) * inputs * cells + d % cells];
  }
};

/// A line is a channel, the depth its pixels in all films.
struct pixels_by_channel {
  static constexpr bool along_depth = true;

  view<const float> maps;

  THORAX_DEVICE int line(int number) const { return number; }
  THORAX_DEVICE float operator()(int channel, int d) const
  {
    const film_pixel at{maps.shape, d};
    return maps(at.n, channel, at.y, at.x);
  }
};

/// A row is a pixel, a column a channel.
struct into_maps {
  static constexpr bool along_rows = true;

  view<float> out;
  activation_rule<float> after;
  bool adds;

  THORAX_DEVICE void operator()(int row, int column, float sum) const
  {
    const film_pixel at{out.shape, row};
    float& number = out(at.n, column, at.y, at.x);
    number = adds ? number + sum : after(sum, column);
  }
};

struct onto_weights {
  static constexpr bool along_rows = false;

  float* d_weights;
  int columns;

  THORAX_DEVICE void operator()(int row, int column, float sum) const
  {
    d_weights[static_cast<std::ptrdiff_t>(row) * columns + column] += sum;
  }
};

/// returns:  how many pixels all films have
template<class Number>
int pixels_of(const view<Number>& maps)
{
  return maps.samples * static_cast<int>(maps.shape.pixels());
}

void cuda_convolution::convolution(const workers&, view<const float> in, activation_rule<float> before,
                                   const float* weights, window moving, activation_rule<float> after,
                                   view<float> out)
{
  ensure_window_fits(in, moving, out);
  const int depth = in.shape.channels * moving.kernel * moving.kernel;
  multiply(pixels_of(out), out.shape.channels, depth, seen_patches{in, before, moving, out.shape},
           weights_by_output{weights, depth}, into_maps{out, after, false});
}

void cuda_convolution::convolution_gradient_of_weights(const workers&, view<const float> in,
                                                       activation_rule<float> before, view<const float> d_out,
                                                       window moving, float* d_weights)
{
  ensure_window_fits(in, moving, d_out);
  const int cells = in.shape.channels * moving.kernel * moving.kernel;
  multiply(d_out.shape.channels, cells, pixels_of(d_out), pixels_by_channel{d_out},
           patches_of_pixels{{in, before, moving, d_out.shape}}, onto_weights{d_weights, cells});
}

void cuda_convolution::convolution_gradient_of_input(const workers&, view<const float> d_out, const float* weights,
                                                     window moving, view<float> d_activated)
{
  ensure_window_fits(d_activated, moving, d_out);
  const int cells = moving.kernel * moving.kernel;
  multiply(pixels_of(d_activated), d_activated.shape.channels, d_out.shape.channels * cells,
           seeing_outputs{d_out, moving, d_activated.shape},
           weights_by_input{weights, d_activated.shape.channels, cells}, into_maps{d_activated, {}, true});
}

/// One film after the other, whose gradient lies in scratch until it has gone through the norm.
void cuda_convolution::convolution_gradient_through_norm(const workers& w, view<const float> d_out,
                                                         const float* weights, window moving,
                                                         const read_norm<float>& read, norm_sums* sums,
                                                         view<float> d_in)
{
  ensure_window_fits(read.maps, moving, d_out);
  if (d_in.data != nullptr) ensure_same_extents(read.maps, d_in);
  const extents& shape = read.maps.shape;
  ensure(w.scratch_floats >= shape.size(), "cuda's convolution has too little scratch: take scratch_floats of its op");
  const auto film = view<float>::packed(w.scratch, 1, shape);
  for (int n = 0; n < read.maps.samples; ++n) {
    cuda_memory::clear(film.data, shape.size());
    convolution_gradient_of_input(w, d_out.only(n), weights, moving, film);
    read_norm<float> of_film = read;
    of_film.maps = read.maps.only(n);
    cuda_normalization::norm_gradient(w, of_film, film, sums + static_cast<std::ptrdiff_t>(n) * shape.channels,
                                      d_in.data == nullptr ? d_in : d_in.only(n));
  }
}

std::size_t cuda::scratch_floats(const op& step)
{
  return step.kind == op_kind::convolution ? step.in.shape.size() : 0;
}

}  // namespace thorax
