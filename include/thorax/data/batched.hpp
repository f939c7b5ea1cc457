// SPDX-License-Identifier: MIT
//
// batched: samples are laid side by side, lazily: `samples | batched(16)`.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/data/sample.hpp>  // sample, labeled_batch

#include <range/v3/range/concepts.hpp>
#include <range/v3/range/traits.hpp>  // range_value_t
#include <range/v3/view/chunk.hpp>
#include <range/v3/view/transform.hpp>

#include <algorithm>  // copy
#include <concepts>   // same_as
#include <cstddef>    // size_t
#include <string>
#include <utility>  // as_const, forward
#include <vector>

namespace thorax {

/// returns:  the samples as one batch
/// throws:   error{does_not_fit} for none at all, or for samples of different extents
inline labeled_batch side_by_side(const std::vector<sample>& samples)
{
  ensure(!samples.empty(), "batch: expected at least one sample, found none");
  const extents shape = extents_of(samples.front().pixels);
  labeled_batch made{batch::from_shape({samples.size(), static_cast<std::size_t>(shape.channels),
                                        static_cast<std::size_t>(shape.height), static_cast<std::size_t>(shape.width)}),
                     {}, {}};
  float* next = made.pixels.data();
  for (const sample& each : samples) {
    ensure(extents_of(each.pixels) == shape,
           "batch: expected samples of one size, found several; decode all films to the same extents");
    next = std::copy(each.pixels.data(), each.pixels.data() + each.pixels.size(), next);
    made.findings.push_back(each.finding);
    made.indices.push_back(each.index);
  }
  return made;
}

/// returns:  all the samples of a range as one batch
/// throws:   what side_by_side of a vector throws, and what making a sample throws
template<ranges::input_range Samples>
  requires std::same_as<ranges::range_value_t<Samples>, sample>
labeled_batch side_by_side(Samples&& samples)
{
  std::vector<sample> together;
  for (auto&& each : samples) together.push_back(std::forward<decltype(each)>(each));
  return side_by_side(std::as_const(together));
}

/// Pipeable: batches of `size` samples; the last one holds what is left.
///
/// throws:  error{wrong_usage} for a size below 1
inline auto batched(int size)
{
  ensure(size >= 1, error_code::wrong_usage,
         [size] { return "batch size: expected at least 1, found " + std::to_string(size); });
  return ranges::make_view_closure([size](auto&& samples) {
    return ranges::views::transform(ranges::views::chunk(std::forward<decltype(samples)>(samples), size),
                                    [](auto&& some) { return side_by_side(some); });
  });
}

}  // namespace thorax
