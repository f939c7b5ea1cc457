// SPDX-License-Identifier: MIT
//
// winograd_gradient: a few tiles of a 3×3 convolution on their way into the gradient of its weights. With the planes
// V = Bᵀ d B of what was read and D = A e Aᵀ of the gradients e that arrive, the gradient of g is Gᵀ (Σ V · D) G: the
// transposes of the three steps of minimal filtering.

#pragma once

#include <thorax/backend/cpu/kernels/tasks.hpp>  // gradient_tile, gradient_tiles_task
#include <thorax/backend/cpu/kernels/winograd.hpp>  // tile_reader

#include <cstddef>  // ptrdiff_t, size_t

namespace thorax::kernels {

namespace detail {

/// A e for one row or column: the transpose of winograd_transform<4>::outputs.
template<class Number>
[[gnu::always_inline]] inline void spread_gradient(const Number* e, Number* made)
{
  const Number a = e[0] + e[2];
  const Number b = e[1] + e[3];
  const Number c = e[0] + Number(4.0F) * e[2];
  const Number d = Number(2.0F) * e[1] + Number(8.0F) * e[3];
  made[0] = e[0];
  made[1] = a + b;
  made[2] = a - b;
  made[3] = c + d;
  made[4] = c - d;
  made[5] = e[3];
}

/// One tile of the gradients that arrive; beyond the maps they are 0.
template<class Set>
void spread_tile(const gradient_tiles_task& task, int y, int x, float* planes)
{
  constexpr int tile = gradient_tile;
  constexpr int side = tile + 2;
  const extents maps = task.d_out.shape;
  for (int o = 0; o < columns<Set>; o += lanes<Set>, planes += lanes<Set>) {
    vec<Set> rows[static_cast<std::size_t>(side)][static_cast<std::size_t>(tile)];
    unrolled<tile>([&](int j) __attribute__((always_inline)) {
      vec<Set> read[static_cast<std::size_t>(tile)];
      vec<Set> made[static_cast<std::size_t>(side)];
      unrolled<tile>([&](int i) __attribute__((always_inline)) {
        const bool is_inside = y + i < maps.height && x + j < maps.width;
        read[i] = is_inside ? load<Set>(task.d_out.pixel(y + i, x + j) + o) : broadcast<Set>(0.0F);
      });
      spread_gradient(read, made);
      unrolled<side>([&](int i) __attribute__((always_inline)) { rows[i][j] = made[i]; });
    });
    unrolled<side>([&](int i) __attribute__((always_inline)) {
      vec<Set> made[static_cast<std::size_t>(side)];
      spread_gradient(rows[i], made);
      unrolled<side>([&](int j) __attribute__((always_inline)) {
        store<Set>(planes + (i * side + j) * task.arriving_plane, made[j]);
      });
    });
  }
}

}  // namespace detail

/// Writes both kinds of planes for the task's tiles, one behind the other.
template<class Set>
void transform_gradient_tiles(const gradient_tiles_task& task)
{
  const int in_row = shares_within(task.d_out.shape.width, gradient_tile);
  const detail::tile_reader<Set, gradient_tile> reader{task.in, task.padding, in_row, task.zeros, task.read_plane};
  for (int i = 0; i < task.last - task.first; ++i) {
    const int number = task.first + i;
    reader.read(number, 1, task.read + static_cast<std::ptrdiff_t>(i) * task.in.shape.channels);
    detail::spread_tile<Set>(task, number / in_row * gradient_tile, number % in_row * gradient_tile,
                             task.arriving + static_cast<std::ptrdiff_t>(i) * columns<Set>);
  }
}

}  // namespace thorax::kernels
