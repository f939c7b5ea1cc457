// SPDX-License-Identifier: MIT
//
// moving_average: weights that follow those that train, more steadily than these move themselves.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure

#include <algorithm>  // min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <span>

namespace thorax {

/// returns:  how much of the average a step keeps: `decay`, but less in the first steps, (1 + n) / (10 + n) after n,
///           or the average would remember the beginning for 1 / (1 - decay) steps
constexpr double kept_share(double decay, std::int64_t steps)
{
  return std::min(decay, (1.0 + static_cast<double>(steps)) / (10.0 + static_cast<double>(steps)));
}

/// averages = share · averages + (1 - share) · weights, number by number, for the kept_share of finished steps.
///
/// throws:  error{does_not_fit} unless both are equally long
inline void follow(std::span<float> averages, std::span<const float> weights, double decay, std::int64_t steps)
{
  ensure(averages.size() == weights.size(), "a moving average needs as many numbers as the weights that it follows");
  const auto share = static_cast<float>(1 - kept_share(decay, steps));
  for (std::size_t i = 0; i < averages.size(); ++i) averages[i] += share * (weights[i] - averages[i]);
}

}  // namespace thorax
