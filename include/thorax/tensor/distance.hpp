// SPDX-License-Identifier: MIT
//
// distance: how far two computations of the same numbers are apart.

#pragma once

#include <algorithm>  // max
#include <cmath>      // abs
#include <cstddef>    // size_t
#include <limits>     // infinity
#include <span>

namespace thorax {

/// The largest difference of two sequences and where it lies.
struct distance {
  double absolute{};       ///< largest |a - b|
  double relative{};       ///< the same divided by the largest |b| of the whole sequence
  std::size_t position{};  ///< where the largest difference stands
};

/// returns:  the distance of `found` from `expected`; infinite if a number is not finite or sizes differ
template<class Found, class Expected>
distance distance_between(std::span<const Found> found, std::span<const Expected> expected)
{
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (found.size() != expected.size()) return {infinity, infinity, 0};
  distance largest;
  double scale = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double difference = std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i]));
    if (!std::isfinite(difference)) return {infinity, infinity, i};
    scale = std::max(scale, std::abs(static_cast<double>(expected[i])));
    if (difference > largest.absolute) largest = {difference, 0, i};
  }
  largest.relative = scale > 0 ? largest.absolute / scale : largest.absolute;
  return largest;
}

}  // namespace thorax
