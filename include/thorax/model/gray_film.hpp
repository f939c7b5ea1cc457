// SPDX-License-Identifier: MIT
//
// gray_film: a gray film in color holds the same numbers three times. The first convolution may read one of its channels
// then, with the weights of all added up.

#pragma once

#include <thorax/plan/plan.hpp>    // op, plan_view
#include <thorax/tensor/view.hpp>  // view

#include <cstddef>  // size_t
#include <cstring>  // memcmp
#include <vector>

namespace thorax {

/// returns:  whether a film has several channels and all of them hold the same numbers, bit for bit
inline bool is_gray(const view<const float>& film)
{
  const std::size_t bytes = film.shape.pixels() * sizeof(float);
  for (int c = 1; c < film.shape.channels; ++c)
    if (std::memcmp(film.channel(0, 0), film.channel(0, c), bytes) != 0) return false;
  return film.shape.channels > 1;
}

/// returns:  whether the plan begins with a convolution that alone reads the film, as it is, and nobody else wants to
///           see the film afterwards
constexpr bool begins_with_convolution(const plan_view& plan)
{
  if (plan.ops.empty()) return false;
  const op& first = plan.ops.front();
  if (first.kind != op_kind::convolution || first.in != plan.input || first.has_rule_before() ||
      first.mean_before != each_pixel)
    return false;
  for (const op& step : plan.ops.subspan(1))
    if (step.in.buffer == plan.input.buffer) return false;
  return !plan.buffers[static_cast<std::size_t>(plan.input.buffer)].kept;
}

/// returns:  such a convolution, of one channel
constexpr op of_one_channel(op step)
{
  step.in.shape.channels = 1;
  return step;
}

/// returns:  its weights, out × kernel × kernel: those of all channels, added up in double precision
inline std::vector<float> added_up(const op& step, const float* weights)
{
  const auto taps = static_cast<std::size_t>(step.moving.kernel) * static_cast<std::size_t>(step.moving.kernel);
  const auto outputs = static_cast<std::size_t>(step.out.shape.channels);
  std::vector<float> sums;
  sums.reserve(outputs * taps);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t t = 0; t < taps; ++t) {
      double sum = 0;
      for (int c = 0; c < step.in.shape.channels; ++c) sum += double{weights[static_cast<std::size_t>(c) * taps + t]};
      sums.push_back(static_cast<float>(sum));
    }
    weights += static_cast<std::size_t>(step.in.shape.channels) * taps;
  }
  return sums;
}

}  // namespace thorax
