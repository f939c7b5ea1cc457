// SPDX-License-Identifier: MIT
//
// wilson_interval: how far a proportion counted on n films can be trusted.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <algorithm>  // clamp
#include <cmath>      // sqrt
#include <cstdint>    // int64_t
#include <string>

namespace thorax {

struct interval {
  double low{};
  double high{};
};

/// The 95 % interval of a proportion of independent trials. Films of one patient are not independent, so on
/// data with several films a patient the true interval is wider.
///
/// throws:  error{does_not_fit} unless 0 <= successes <= trials and trials > 0
/// see:     Wilson 1927, "Probable inference, the law of succession, and statistical inference"
inline interval wilson_interval(std::int64_t successes, std::int64_t trials)
{
  if (trials <= 0 || successes < 0 || successes > trials)
    throw error{error_code::does_not_fit, "interval of a proportion: " + std::to_string(successes) + " of " +
                                            std::to_string(trials) +
                                            ", expected a count from 0 to n and n above 0"};
  constexpr double z = 1.959963984540054;  // 97.5 % quantile of the normal distribution
  const double n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double scale = 1 + z * z / n;
  const double center = (p + z * z / (2 * n)) / scale;
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
  return {std::clamp(center - half, 0.0, p), std::clamp(center + half, p, 1.0)};
}

}  // namespace thorax
