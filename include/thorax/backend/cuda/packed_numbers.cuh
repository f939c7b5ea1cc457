// SPDX-License-Identifier: MIT
//
// packed_numbers: how an op's numbers lie for the predictor: the rule before, the rule behind, the weights, of which
// those of neighboring outputs lie beside each other.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>  // cuda_predictor

#include <algorithm>  // copy_n, fill_n
#include <cstddef>    // size_t

namespace thorax {

/// The same for the host that writes them and the device that reads them.
struct packed_numbers {
  activation_rule<float> before;
  activation_rule<float> after;
  const float* weights;

  packed_numbers(const op& step, const float* packed)
    : before{packed, packed + channels(step.in), step.relu_before}, after{}, weights{}
  {
    const float* const behind = packed + 2 * channels(step.in);
    after = {behind, behind + channels(step.out), step.relu_after};
    weights = behind + 2 * channels(step.out);
  }

  static std::size_t channels(const slice& maps) { return static_cast<std::size_t>(maps.shape.channels); }
  static std::size_t cells(const op& step)
  {
    return static_cast<std::size_t>(step.moving.kernel) * static_cast<std::size_t>(step.moving.kernel);
  }
};

inline float* write_rule(const activation_rule<float>& rule, std::size_t count, float* to)
{
  if (rule.scale != nullptr) std::copy_n(rule.scale, count, to);
  else std::fill_n(to, count, 1.0F);
  if (rule.shift != nullptr) std::copy_n(rule.shift, count, to + count);
  else std::fill_n(to + count, count, 0.0F);
  return to + 2 * count;
}

std::size_t cuda_predictor::packed_floats(const op& step)
{
  const std::size_t inputs = packed_numbers::channels(step.in);
  const std::size_t outputs = packed_numbers::channels(step.out);
  const std::size_t weights = is_product(step.kind) ? inputs * outputs * packed_numbers::cells(step) : 0;
  return 2 * inputs + 2 * outputs + weights;
}

void cuda_predictor::pack(const op& step, const op_numbers& numbers, float* packed)
{
  const std::size_t inputs = packed_numbers::channels(step.in);
  const std::size_t outputs = packed_numbers::channels(step.out);
  const std::size_t cells = packed_numbers::cells(step);
  packed = write_rule(numbers.before, inputs, packed);
  packed = write_rule(numbers.after, outputs, packed);
  if (!is_product(step.kind)) return;
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t c = 0; c < inputs; ++c)
      for (std::size_t cell = 0; cell < cells; ++cell)
        packed[(cell * inputs + c) * outputs + o] = numbers.weights[(o * inputs + c) * cells + cell];
}

}  // namespace thorax
