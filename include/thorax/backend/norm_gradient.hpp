// SPDX-License-Identifier: MIT
//
// norm_gradient: how the gradient through a batch norm is taken apart, so that it is formed while the gradient of what
// reads the norm is made. With x the norm's input, h = (x − mean) / sqrt(variance + epsilon) and dy what arrives behind
// it, 0 where a ReLU cuts,
//
//   dx = scale · dy − scale · (mean of dy + h · mean of dy · h)
//
// (Ioffe and Szegedy 2015, section 3). The first term needs no sums over the batch and is added at once. The second is a
// straight line in x, so the lines of all norms that read the same channel are added up and applied once.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/tensor/view.hpp>              // view

#include <cmath>    // sqrt
#include <cstddef>  // size_t

namespace thorax {

/// A batch norm, and perhaps a ReLU behind it, through which an op reads maps.
template<class Number>
struct read_norm {
  view<const Number> maps;       ///< before the norm
  activation_rule<Number> rule;  ///< the norm folded into a scale and a shift, and the ReLU
  const Number* mean{};          ///< by channel, as are variances
  const Number* variance{};
  double epsilon{};

  [[nodiscard]] double slope(int c) const { return 1 / std::sqrt(double{variance[c]} + epsilon); }
};

/// Sums over the pixels of one channel of one film.
struct norm_sums {
  double arriving{};  ///< Σ dy
  double leaning{};   ///< Σ dy · (x − mean)
};

/// Where a norm's gradients are added, by channel; null: not wanted.
template<class Number>
struct norm_gradients {
  Number* gamma{};
  Number* beta{};
  Number* offset{};  ///< of the lines that are still to be added to the gradient of the maps
  Number* lean{};    ///< per unit of x − mean
};

/// Turns the sums of all films, channel after channel of one film after the other, into gradients:
///   gamma += Σ dy · h,  beta += Σ dy,  offset −= scale · mean of dy,  lean −= scale · slope · mean of dy · h
template<class Number>
void add_norm_gradients(const read_norm<Number>& read, const norm_sums* sums, const norm_gradients<Number>& to)
{
  const int channels = read.maps.shape.channels;
  const double count = static_cast<double>(read.maps.shape.pixels()) * read.maps.samples;
  for (int c = 0; c < channels; ++c) {
    double arriving = 0;
    double leaning = 0;
    for (int n = 0; n < read.maps.samples; ++n) {
      const norm_sums& film = sums[static_cast<std::size_t>(n) * static_cast<std::size_t>(channels) + std::size_t(c)];
      arriving += film.arriving;
      leaning += film.leaning;
    }
    const double slope = read.slope(c);
    const double scale = double{read.rule.scale[c]};
    if (to.gamma != nullptr) to.gamma[c] += static_cast<Number>(leaning * slope);
    if (to.beta != nullptr) to.beta[c] += static_cast<Number>(arriving);
    if (to.offset == nullptr) continue;
    to.offset[c] -= static_cast<Number>(scale * arriving / count);
    to.lean[c] -= static_cast<Number>(scale * slope * slope * leaning / count);
  }
}

}  // namespace thorax
