// SPDX-License-Identifier: MIT
//
// register_tile: the innermost loop of every product. A few pixels times two vectors of outputs stay in registers
// while the depth runs by: each step loads two vectors of weights and multiplies them by one number of each pixel.

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, store, at_least
#include <thorax/backend/cpu/kernels/tasks.hpp>            // tile_operands

#include <array>
#include <utility>  // integer_sequence

namespace thorax::kernels {

namespace detail {

inline constexpr int depth_step = 4;

template<class Set, class Pixels>
struct register_tile;

template<class Set, int... Pixel>
struct register_tile<Set, std::integer_sequence<int, Pixel...>> {
  using vector = vec<Set>;
  static constexpr int wide = lanes<Set>;
  static constexpr int count = static_cast<int>(sizeof...(Pixel));

  [[gnu::noinline]] static void multiply(const tile_operands& tile)
  {
    vector low[]{load<Set>(tile.start + Pixel * tile.start_stride)...};
    vector high[]{load<Set>(tile.start + Pixel * tile.start_stride + wide)...};
    const float* pixels = tile.pixels;
    const float* weights = tile.weights;
    const char* ahead = tile.ahead;
    const char* next_pixels = tile.next_pixels;
    int lines_left = tile.lines_left;
    for (int block = 0; block < tile.depth; block += wide, pixels += count * wide) {
      const int steps = tile.depth - block < wide ? tile.depth - block : wide;
      for (int k = 0; k < steps; k += depth_step, weights += depth_step * columns<Set>) {
        for (int line = 0; line < tile.lines_ahead; ++line, ahead += 64) __builtin_prefetch(ahead, 0, 2);
        if (next_pixels != nullptr) {
          __builtin_prefetch(next_pixels, 0, 2);
          next_pixels += 64;
          if (--lines_left == 0) {
            lines_left = tile.lines_of_pixel;
            next_pixels += tile.to_next_pixel;
          }
        }
        step<0>(pixels + k, weights, low, high);
        step<1>(pixels + k, weights, low, high);
        step<2>(pixels + k, weights, low, high);
        step<3>(pixels + k, weights, low, high);
      }
    }
    const vector floor = broadcast<Set>(tile.floor);
    (store<Set>(tile.out + Pixel * tile.out_stride, at_least<Set>(floor, low[Pixel])), ...);
    (store<Set>(tile.out + Pixel * tile.out_stride + wide, at_least<Set>(floor, high[Pixel])), ...);
  }

private:
  template<int K>
  [[gnu::always_inline]] static void step(const float* pixels, const float* weights, vector* low, vector* high)
  {
    const vector first = load<Set>(weights + K * columns<Set>);
    const vector second = load<Set>(weights + K * columns<Set> + wide);
    (add(broadcast<Set>(pixels[Pixel * wide + K]), first, second, low[Pixel], high[Pixel]), ...);
  }

  [[gnu::always_inline]] static void add(const vector& pixel, const vector& first, const vector& second, vector& low,
                                         vector& high)
  {
    low = Set::multiply_add(pixel, first, low);
    high = Set::multiply_add(pixel, second, high);
  }
};

template<class Set, int... Fewer>
constexpr std::array<void (*)(const tile_operands&), sizeof...(Fewer)> tiles_of(std::integer_sequence<int, Fewer...>)
{
  return {&register_tile<Set, std::make_integer_sequence<int, Fewer + 1>>::multiply...};
}

}  // namespace detail

/// `register_tiles<Set>[n − 1]` multiplies n pixels, for n up to Set::rows.
template<class Set>
inline constexpr auto register_tiles = detail::tiles_of<Set>(std::make_integer_sequence<int, Set::rows>{});

}  // namespace thorax::kernels
