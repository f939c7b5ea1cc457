// SPDX-License-Identifier: MIT
//
// shuffled: the order of the films in an epoch.

#pragma once

#include <thorax/base/random.hpp>  // random_stream

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <numeric>  // iota
#include <utility>  // swap
#include <vector>

namespace thorax {

/// returns:  0, 1, … count - 1
inline std::vector<std::size_t> in_order(std::size_t count)
{
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// returns:  a fresh permutation for each epoch: a pure function of (seed, epoch)
/// see:      Fisher and Yates 1938; Durstenfeld 1964, algorithm 235
inline std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed, int epoch)
{
  std::vector<std::size_t> order = in_order(count);
  const random_stream lots = random_stream{seed} / static_cast<std::uint64_t>(epoch);
  for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[lots.below(left, left)]);
  return order;
}

}  // namespace thorax
