// SPDX-License-Identifier: MIT
//
// interleaving: between the two ways in which maps lie: channel after channel, as networks train, and pixel after
// pixel, as the products of kernels/products.hpp read and write.

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, load_some, store, store_some, at_least
#include <thorax/backend/cpu/kernels/tasks.hpp>            // interleaving_task, separation_task

#include <cstddef>  // ptrdiff_t, size_t
#include <utility>  // index_sequence, make_index_sequence

namespace thorax::kernels {

namespace detail {

/// As many vectors as a vector has lanes, and what they hold transposed: rows and columns trade places in log2(lanes)
/// steps, each of which interleaves row i with row i + lanes / 2.
template<class Set>
class square {
public:
  static constexpr int side = lanes<Set>;
  static constexpr std::size_t sides = side;

  vec<Set> rows[sides];

  [[gnu::always_inline]] void transpose()
  {
    for (int step = 1; step < side; step *= 2)
      interleave(std::make_index_sequence<sides / 2>{}, std::make_index_sequence<sides>{});
  }

private:
  template<std::size_t... Row, std::size_t... Lane>
  [[gnu::always_inline]] void interleave(std::index_sequence<Row...>, std::index_sequence<Lane...>)
  {
    vec<Set> next[sides];
    ((next[2 * Row] =
        __builtin_shufflevector(rows[Row].data, rows[Row + sides / 2].data, (Lane / 2 + Lane % 2 * sides)...),
      next[2 * Row + 1] = __builtin_shufflevector(rows[Row].data, rows[Row + sides / 2].data,
                                                  (Lane / 2 + sides / 2 + Lane % 2 * sides)...)),
     ...);
    ((rows[Lane] = next[Lane]), ...);
  }
};

/// Sixteen channels, say, of all the task's pixels: as many streams as can be fetched ahead.
template<class Set>
void interleave_channels(const interleaving_task& task, int c)
{
  constexpr int side = lanes<Set>;
  const vec<Set> floor = broadcast<Set>(task.before.floor);
  float scales[vec<Set>::size];
  float shifts[vec<Set>::size];
  for (int i = 0; i < side; ++i) {
    const bool exists = c + i < task.channels;
    scales[i] = exists && task.before.scale != nullptr ? task.before.scale[c + i] : 1.0F;
    shifts[i] = exists && task.before.shift != nullptr ? task.before.shift[c + i] : 0.0F;
  }
  const float* from = task.planes + c * task.plane + task.first;
  float* to = task.pixels + c;
  square<Set> block;
  const auto read = [&](int channels, int pixels) __attribute__((always_inline))
  {
    unrolled<side>([&](int i) __attribute__((always_inline)) {
      if (i >= channels) return static_cast<void>(block.rows[i] = broadcast<Set>(0.0F));
      const vec<Set> some =
        pixels >= side ? load<Set>(from + i * task.plane) : load_some<Set>(from + i * task.plane, pixels);
      block.rows[i] = at_least<Set>(floor, xsimd::fma(some, broadcast<Set>(scales[i]), broadcast<Set>(shifts[i])));
    });
    block.transpose();
  };
  int left = task.last - task.first;
  if (c + side <= task.channels)
    for (; left >= side; left -= side, from += side) {
      read(side, side);
      unrolled<side>([&](int i)
                       __attribute__((always_inline)) { store<Set>(to + i * task.stride, block.rows[i]); });
      to += side * task.stride;
    }
  for (; left > 0; left -= side, from += side) {
    read(task.channels - c, left);
    for (int i = 0; i < side && i < left; ++i, to += task.stride)
      store_some<Set>(to, block.rows[i], task.width - c);
  }
}

template<class Set>
void separate_channels(const separation_task& task, int c)
{
  constexpr int side = lanes<Set>;
  const int channels = task.channels - c;
  const float* from = task.pixels + c;
  float* to = task.planes + c * task.plane + task.first;
  square<Set> block;
  int left = task.last - task.first;
  if (channels >= side)
    for (; left >= side; left -= side, to += side) {
      unrolled<side>([&](int i)
                       __attribute__((always_inline)) { block.rows[i] = load<Set>(from + i * task.stride); });
      from += side * task.stride;
      block.transpose();
      unrolled<side>([&](int i) __attribute__((always_inline)) {
        float* const row = to + i * task.plane;
        store<Set>(row, task.adds ? block.rows[i] + load<Set>(row) : block.rows[i]);
      });
    }
  for (; left > 0; left -= side, to += side, from += side * task.stride) {
    for (int i = 0; i < side; ++i)
      block.rows[i] = i < left ? load_some<Set>(from + i * task.stride, channels) : broadcast<Set>(0.0F);
    block.transpose();
    for (int i = 0; i < side && i < channels; ++i) {
      float* const row = to + i * task.plane;
      store_some<Set>(row, task.adds ? block.rows[i] + load_some<Set>(row, left) : block.rows[i], left);
    }
  }
}

}  // namespace detail

/// Writes pixels [first, last), each with its channels activated and zeros up to the width.
template<class Set>
void interleave(const interleaving_task& task)
{
  for (int c = 0; c < task.width; c += lanes<Set>) detail::interleave_channels<Set>(task, c);
}

/// The way back of pixels [first, last): into the planes, or added to what they hold.
template<class Set>
void separate(const separation_task& task)
{
  for (int c = 0; c < task.channels; c += lanes<Set>) detail::separate_channels<Set>(task, c);
}

}  // namespace thorax::kernels
