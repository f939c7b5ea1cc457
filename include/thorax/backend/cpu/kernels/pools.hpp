// SPDX-License-Identifier: MIT
//
// pools: largest and mean of windows, the mean of all pixels, and a convolution whose rows are pooled while they are
// in the cache.

#pragma once

#include <thorax/backend/cpu/kernels/products.hpp>  // multiply
#include <thorax/backend/cpu/kernels/tasks.hpp>     // pool_task, global_mean_task, maxima_task

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

namespace detail {

/// returns:  the window's cells along one side, [first, last), that lie inside `length`
struct cells_seen {
  int first;
  int last;

  constexpr cells_seen(const window& moving, int place, int length)
    : first{place * moving.stride - moving.padding}, last{first + moving.kernel}
  {
    if (first < 0) first = 0;
    if (last > length) last = length;
  }
};

/// returns:  the larger one; what is not a number stays so. Of two of which one is none, x86 gives the second.
template<class Set>
vec<Set> larger_of(const vec<Set>& largest, const vec<Set>& next)
{
  return xsimd::select(xsimd::isnan(next), next, Set::larger(next, largest));
}

/// Pools one vector of channels of one place; `row_of(y)` is where the first pixel of a row lies.
template<class Set, class RowOf>
vec<Set> largest_of(const cells_seen& rows, const cells_seen& cells, std::ptrdiff_t stride, int left, RowOf&& row_of)
{
  vec<Set> largest = broadcast<Set>(-__builtin_huge_valf());
  for (int y = rows.first; y < rows.last; ++y) {
    const float* const row = row_of(y);
    for (int x = cells.first; x < cells.last; ++x)
      largest = larger_of<Set>(largest, load_some<Set>(row + x * stride, left));
  }
  return largest;
}

template<class Set>
vec<Set> pooled(const pool_task& task, const cells_seen& rows, const cells_seen& cells, int c)
{
  const int left = task.in.shape.channels - c;
  vec<Set> all = broadcast<Set>(task.kind == pool_kind::largest ? -__builtin_huge_valf() : 0.0F);
  for (int y = rows.first; y < rows.last; ++y)
    for (int x = cells.first; x < cells.last; ++x) {
      const float* const from =
        task.in.data + (static_cast<std::ptrdiff_t>(y) * task.in.shape.width + x) * task.in.stride + c;
      const vec<Set> seen = activated<Set>(task.before, c, load_some<Set>(from, left));
      all = task.kind == pool_kind::largest ? larger_of<Set>(all, seen) : all + seen;
    }
  if (task.kind == pool_kind::largest) return all;
  return all * broadcast<Set>(1.0F / static_cast<float>(task.moving.kernel * task.moving.kernel));
}

}  // namespace detail

/// Writes the task's rows of a pool.
template<class Set>
void pool(const pool_task& task)
{
  const int channels = task.in.shape.channels;
  for (int y = task.first; y < task.last; ++y) {
    const detail::cells_seen rows{task.moving, y, task.in.shape.height};
    for (int x = 0; x < task.out.shape.width; ++x) {
      const detail::cells_seen cells{task.moving, x, task.in.shape.width};
      float* const to = task.out.data + (static_cast<std::ptrdiff_t>(y) * task.out.shape.width + x) * task.out.stride;
      for (int c = 0; c < channels; c += lanes<Set>)
        store_some<Set>(to + c, detail::pooled<Set>(task, rows, cells, c), channels - c);
    }
  }
}

/// Writes the task's channels of the mean over all pixels.
template<class Set>
void average_all(const global_mean_task& task)
{
  const auto pixels = static_cast<std::ptrdiff_t>(task.in.shape.pixels());
  const vec<Set> share = broadcast<Set>(1.0F / static_cast<float>(pixels));
  for (int c = task.first; c < task.last; c += lanes<Set>) {
    const int left = task.in.shape.channels - c;
    vec<Set> sum = broadcast<Set>(0.0F);
    for (std::ptrdiff_t p = 0; p < pixels; ++p)
      sum += activated<Set>(task.before, c, load_some<Set>(task.in.data + p * task.in.stride + c, left));
    store_some<Set>(task.out + c, sum * share, left);
  }
}

/// Computes rows of a convolution one after the other in a ring of as many as a window sees, and pools them.
template<class Set>
void multiply_and_pool(const maxima_task& task)
{
  product_task product = task.convolution;
  const int channels = task.out.shape.channels;
  const std::ptrdiff_t row_floats = static_cast<std::ptrdiff_t>(product.width) * channels;
  product.out_stride = channels;
  product.scratch = task.scratch + task.max_after.kernel * row_floats;
  const auto row_of = [&](int y) { return task.scratch + (y % task.max_after.kernel) * row_floats; };
  int computed = detail::cells_seen{task.max_after, task.first, task.convolved_height}.first;
  for (int y = task.first; y < task.last; ++y) {
    const detail::cells_seen rows{task.max_after, y, task.convolved_height};
    if (computed < rows.first) computed = rows.first;
    for (; computed < rows.last; ++computed, product.prefetch = false) {
      product.first = computed * product.width;
      product.last = product.first + product.width;
      product.out = row_of(computed);
      multiply<Set>(product);
    }
    for (int x = 0; x < task.out.shape.width; ++x) {
      const detail::cells_seen cells{task.max_after, x, product.width};
      float* const to = task.out.data + (static_cast<std::ptrdiff_t>(y) * task.out.shape.width + x) * task.out.stride;
      for (int c = 0; c < channels; c += lanes<Set>)
        store_some<Set>(to + c,
                        detail::largest_of<Set>(rows, cells, channels, channels - c,
                                                [&](int row) { return row_of(row) + c; }),
                        channels - c);
    }
  }
}

}  // namespace thorax::kernels
