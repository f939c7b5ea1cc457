// SPDX-License-Identifier: MIT
//
// verdict: what a classifier says about one film.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure

#include <algorithm>  // all_of, max_element
#include <cmath>      // isfinite
#include <cstddef>    // size_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// The finding with the largest score. A score is a model's output, not the chance that somebody is ill.
struct verdict {
  std::string finding;
  float probability{};
  int index{};
};

/// returns:  the most probable finding, the first of equals
/// requires: as many findings as probabilities, at least one
/// throws:   error{number_not_finite} if one of them is no number: no finding may win by that
inline verdict most_likely(std::span<const float> probabilities, const std::vector<std::string>& findings)
{
  const bool are_numbers = std::all_of(probabilities.begin(), probabilities.end(),
                                       [](float probability) { return std::isfinite(probability); });
  ensure(are_numbers, error_code::number_not_finite, [] {
    return "the network's answer is not a number; its weights or the film's pixels are damaged, fetch them again";
  });
  const auto best = std::max_element(probabilities.begin(), probabilities.end());
  const auto index = static_cast<std::size_t>(best - probabilities.begin());
  return {findings[index], *best, static_cast<int>(index)};
}

}  // namespace thorax
