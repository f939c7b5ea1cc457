// SPDX-License-Identifier: MIT
//
// normalization: a block sums a channel, of all films or of one; the rest is an index a number, in doubles.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_same_extents
#include <thorax/backend/cuda/cuda.hpp>       // cuda_normalization
#include <thorax/backend/cuda/launch.cuh>     // for_each_index
#include <thorax/backend/cuda/positions.cuh>  // film_pixel, map_position
#include <thorax/backend/cuda/sums.cuh>       // sum_lines, two_numbers

#include <cmath>    // sqrt
#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

/// In one pass: sums are of differences to the channel's first number, which lies among the others.
void cuda_normalization::channel_statistics(const workers&, view<const float> in, float* mean, float* variance)
{
  const std::size_t count = in.shape.pixels() * static_cast<std::size_t>(in.samples);
  const auto pixels = static_cast<double>(count);
  sum_lines(
    in.shape.channels, count,
    [=] THORAX_BOTH(int c, std::size_t i) {
      const film_pixel at{in.shape, static_cast<int>(i)};
      const double difference = double{in(at.n, c, at.y, at.x)} - double{*in.channel(0, c)};
      return two_numbers{difference, difference * difference};
    },
    [=] THORAX_BOTH(int c, double sum, double squares) {
      mean[c] = static_cast<float>(double{*in.channel(0, c)} + sum / pixels);
      const double spread = (squares - sum * sum / pixels) / pixels;
      variance[c] = static_cast<float>(spread < 0 ? 0 : spread);  // by rounding only
    });
}

void cuda_normalization::fold_norm(const workers&, int channels, const float* gamma, const float* beta,
                                   const float* mean, const float* variance, double epsilon, float* scale,
                                   float* shift)
{
  for_each_index(static_cast<std::size_t>(channels), [=] THORAX_BOTH(unsigned c) {
    const double slope = double{gamma[c]} / std::sqrt(double{variance[c]} + epsilon);
    scale[c] = static_cast<float>(slope);
    shift[c] = static_cast<float>(double{beta[c]} - double{mean[c]} * slope);
  });
}

void cuda_normalization::average_statistics(const workers&, int channels, double momentum, const float* observed,
                                            float* running)
{
  for_each_index(static_cast<std::size_t>(channels), [=] THORAX_BOTH(unsigned c) {
    running[c] = static_cast<float>(momentum * double{running[c]} + (1 - momentum) * double{observed[c]});
  });
}

void cuda_normalization::norm_gradient(const workers&, const read_norm<float>& read, view<const float> d_activated,
                                       norm_sums* sums, view<float> d_in)
{
  ensure_same_extents(read.maps, d_activated);
  if (d_in.data != nullptr) ensure_same_extents(read.maps, d_in);
  const int channels = read.maps.shape.channels;
  const activation_rule<float> rule = read.rule;
  const view<const float> in = read.maps;
  const float* const mean = read.mean;
  sum_lines(
    in.samples * channels, in.shape.pixels(),
    [=] THORAX_BOTH(int line, std::size_t i) {
      const int n = line / channels;
      const int c = line % channels;
      const double x{in.channel(n, c)[i]};
      const double behind = double{rule.scale[c]} * x + double{rule.shift[c]};
      const double dy = rule.relu && !(behind > 0) ? 0 : double{d_activated.channel(n, c)[i]};
      if (d_in.data != nullptr) d_in.channel(n, c)[i] += static_cast<float>(double{rule.scale[c]} * dy);
      return two_numbers{dy, dy * (x - double{mean[c]})};
    },
    [=] THORAX_BOTH(int line, double arriving, double leaning) {
      sums[line].arriving = arriving;
      sums[line].leaning = leaning;
    });
}

void cuda_normalization::add_norm_gradients(const workers&, const read_norm<float>& read, const norm_sums* sums,
                                            const norm_gradients<float>& to)
{
  const int channels = read.maps.shape.channels;
  const int films = read.maps.samples;
  const double count = static_cast<double>(read.maps.shape.pixels()) * films;
  const norm_gradients<float> into = to;
  const float* const scales = read.rule.scale;
  const float* const variances = read.variance;
  const double epsilon = read.epsilon;
  for_each_index(static_cast<std::size_t>(channels), [=] THORAX_BOTH(unsigned c) {
    double arriving = 0;
    double leaning = 0;
    for (int n = 0; n < films; ++n) {
      const norm_sums& film = sums[std::size_t(n) * std::size_t(channels) + c];
      arriving += film.arriving;
      leaning += film.leaning;
    }
    const double slope = 1 / std::sqrt(double{variances[c]} + epsilon);
    const double scale{scales[c]};
    if (into.gamma != nullptr) into.gamma[c] += static_cast<float>(leaning * slope);
    if (into.beta != nullptr) into.beta[c] += static_cast<float>(arriving);
    if (into.offset == nullptr) return;
    into.offset[c] -= static_cast<float>(scale * arriving / count);
    into.lean[c] -= static_cast<float>(scale * slope * slope * leaning / count);
  });
}

void cuda_normalization::add_lines(const workers&, view<const float> in, const float* mean, const float* offset,
                                   const float* lean, view<float> d_in)
{
  ensure_same_extents(in, d_in);
  for_each_index(count_of(d_in), [=] THORAX_BOTH(unsigned i) {
    const map_position at{d_in.shape, i};
    const double centered = double{in(at.n, at.c, at.y, at.x)} - double{mean[at.c]};
    d_in(at.n, at.c, at.y, at.x) += static_cast<float>(double{offset[at.c]} + double{lean[at.c]} * centered);
  });
}

}  // namespace thorax
