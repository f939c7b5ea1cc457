// SPDX-License-Identifier: MIT
//
// outer_products: what the gradient of weights is: for each pixel, every channel that was read times every gradient
// that arrives, summed over the pixels. Both lie pixel by pixel, so nothing is packed.

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, store, columns
#include <thorax/backend/cpu/kernels/tasks.hpp>  // outer_task, cut_at, shares_within

#include <array>
#include <cstddef>  // ptrdiff_t, size_t
#include <utility>  // integer_sequence

namespace thorax::kernels {

namespace detail {

template<class Set, class Rows>
struct outer_tile;

/// Some channels times two vectors of gradients stay in registers while the pixels run by.
template<class Set, int... Row>
struct outer_tile<Set, std::integer_sequence<int, Row...>> {
  using vector = vec<Set>;
  static constexpr int wide = lanes<Set>;

  [[gnu::noinline]] static void sum(const outer_task& task, int first)
  {
    float* const sums = task.sums + static_cast<std::ptrdiff_t>(first) * columns<Set>;
    vector low[]{load<Set>(sums + Row * columns<Set>)...};
    vector high[]{load<Set>(sums + Row * columns<Set> + wide)...};
    const float* left = task.left + first;
    const float* right = task.right;
    for (int i = 0; i < task.depth; ++i, left += task.left_stride, right += columns<Set>) {
      const vector some = load<Set>(right);
      const vector more = load<Set>(right + wide);
      (add(broadcast<Set>(left[Row]), some, more, low[Row], high[Row]), ...);
    }
    (store<Set>(sums + Row * columns<Set>, low[Row]), ...);
    (store<Set>(sums + Row * columns<Set> + wide, high[Row]), ...);
  }

private:
  [[gnu::always_inline]] static void add(const vector& channel, const vector& some, const vector& more,
                                         vector& low, vector& high)
  {
    low = xsimd::fma(channel, some, low);
    high = xsimd::fma(channel, more, high);
  }
};

template<class Set, int... Fewer>
constexpr std::array<void (*)(const outer_task&, int), sizeof...(Fewer)> outer_tiles_of(
  std::integer_sequence<int, Fewer...>)
{
  return {&outer_tile<Set, std::make_integer_sequence<int, Fewer + 1>>::sum...};
}

}  // namespace detail

/// sums[i][o] += Σ over d of left[d][i] · right[d][o]
template<class Set>
void add_outer_products(const outer_task& task)
{
  static constexpr auto tiles = detail::outer_tiles_of<Set>(std::make_integer_sequence<int, Set::rows>{});
  const int shares = shares_within(task.rows, Set::rows);
  for (int share = 0; share < shares; ++share) {
    const int first = cut_at(task.rows, share, shares);
    tiles[static_cast<std::size_t>(cut_at(task.rows, share + 1, shares) - first - 1)](task, first);
  }
}

}  // namespace thorax::kernels
