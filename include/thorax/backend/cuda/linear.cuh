// SPDX-License-Identifier: MIT
//
// linear: a convolution of one pixel.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_rows
#include <thorax/backend/cuda/cuda.hpp>       // cuda_convolution, cuda_linear
#include <thorax/backend/cuda/positions.cuh>  // film_pixel
#include <thorax/backend/cuda/sums.cuh>       // sum_lines, two_numbers

#include <cstddef>  // size_t

namespace thorax {

void cuda_linear::linear(const workers& w, view<const float> in, activation_rule<float> before, const float* weights,
                         activation_rule<float> after, view<float> out)
{
  ensure_rows(in, out);
  cuda_convolution::convolution(w, in, before, weights, each_pixel, after, out);
}

void cuda_linear::linear_gradient_of_weights(const workers& w, view<const float> in, activation_rule<float> before,
                                             view<const float> d_out, float* d_weights)
{
  ensure_rows(in, d_out);
  cuda_convolution::convolution_gradient_of_weights(w, in, before, d_out, each_pixel, d_weights);
}

void cuda_linear::linear_gradient_of_input(const workers& w, view<const float> d_out, const float* weights,
                                           view<float> d_activated)
{
  ensure_rows(d_activated, d_out);
  cuda_convolution::convolution_gradient_of_input(w, d_out, weights, each_pixel, d_activated);
}

void cuda_linear::gradient_of_bias(const workers&, view<const float> d_out, float* d_bias)
{
  const std::size_t pixels = d_out.shape.pixels() * static_cast<std::size_t>(d_out.samples);
  sum_lines(
    d_out.shape.channels, pixels,
    [=] THORAX_BOTH(int c, std::size_t i) {
      const film_pixel at{d_out.shape, static_cast<int>(i)};
      return two_numbers{double{d_out(at.n, c, at.y, at.x)}};
    },
    [=] THORAX_BOTH(int c, double sum, double) { d_bias[c] += static_cast<float>(sum); });
}

}  // namespace thorax
