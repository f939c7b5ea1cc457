// SPDX-License-Identifier: MIT
//
// golden_weights: parameters and films that C++ and Python make alike, so that neither is stored. The rules
// stand in docs/explanation/golden_numbers.md; tests/golden/network_golden.py writes them once more.

#pragma once

#include <thorax/base/random.hpp>  // random_stream
#include <thorax/plan/plan.hpp>    // plan_view, parameter

#include <cmath>    // sqrt
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <vector>

namespace thorax::tests {

/// The seed of every golden.
inline constexpr std::uint64_t golden_seed = 2017;

/// With faint films and weights, maps are so small that a norm's epsilon counts as much as their variance.
enum class golden_weight_kind { usual, faint };

/// What faint films and norms are multiplied by; a power of two, which rounds nothing.
inline constexpr float faint = 0x1p-8F;

namespace detail {

/// returns:  the parameter's number made of a uniform one
inline float golden_number(const parameter& tensor, double u)
{
  switch (tensor.kind) {
    case parameter_kind::weight: return static_cast<float>((2 * u - 1) * std::sqrt(6.0 / tensor.fan_in()));
    case parameter_kind::bias: return static_cast<float>(0.1 * (2 * u - 1));
    case parameter_kind::norm_bias:
    case parameter_kind::running_mean: return static_cast<float>(0.2 * (2 * u - 1));
    case parameter_kind::norm_weight:
    case parameter_kind::running_variance: return static_cast<float>(0.5 + u);
  }
  return 0;
}

/// returns:  what faint weights are multiplied by
inline float faintness(parameter_kind kind)
{
  if (kind == parameter_kind::weight || kind == parameter_kind::bias) return 1;
  return kind == parameter_kind::running_variance ? faint * faint : faint;
}

}  // namespace detail

/// returns:  all parameters of a plan, each at its offset
inline std::vector<float> golden_weights(const plan_view& plan, golden_weight_kind kind = golden_weight_kind::usual,
                                         std::uint64_t seed = golden_seed)
{
  std::vector<float> numbers(plan.parameter_floats);
  for (std::size_t k = 0; k < plan.parameters.size(); ++k) {
    const parameter& tensor = plan.parameters[k];
    const float factor = kind == golden_weight_kind::faint ? detail::faintness(tensor.kind) : 1.0F;
    const random_stream stream = random_stream{seed} / k;
    for (std::size_t i = 0; i < tensor.size(); ++i)
      numbers[tensor.offset + i] = factor * detail::golden_number(tensor, stream.uniform(i));
  }
  return numbers;
}

/// returns:  usual film `number` in channel, row, column order
inline std::vector<float> golden_film(std::uint64_t number, const extents& shape, std::uint64_t seed = golden_seed)
{
  const random_stream stream = random_stream{seed} / 1'000'000 / number;
  const random_stream look = stream / 1;
  std::vector<float> numbers(shape.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t channel = i / shape.pixels();
    const double brightness = 2 * look.uniform(channel) - 1;
    const double contrast = 0.5 + 1.5 * look.uniform(3 + channel);
    numbers[i] = static_cast<float>(contrast * (2 * stream.uniform(i) - 1) + brightness);
  }
  return numbers;
}

/// returns:  films first, first + 1, … one after the other
inline std::vector<float> golden_films(int count, const extents& shape, std::uint64_t first = 0,
                                       golden_weight_kind kind = golden_weight_kind::usual)
{
  std::vector<float> all;
  for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(count); ++n)
    for (const float number : golden_film(first + n, shape))
      all.push_back(kind == golden_weight_kind::faint ? faint * number : number);
  return all;
}

}  // namespace thorax::tests
