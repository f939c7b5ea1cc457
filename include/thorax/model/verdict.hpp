// SPDX-License-Identifier: MIT
//
// verdict: what a classifier says about one film.

#pragma once

#include <algorithm>  // max_element
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
inline verdict most_likely(std::span<const float> probabilities, const std::vector<std::string>& findings)
{
  const auto best = std::max_element(probabilities.begin(), probabilities.end());
  const auto index = static_cast<std::size_t>(best - probabilities.begin());
  return {findings[index], *best, static_cast<int>(index)};
}

}  // namespace thorax
