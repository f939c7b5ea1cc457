// SPDX-License-Identifier: MIT
//
// products: a share of a convolution's pixels. For each panel of the depth the pixels are packed once; then each group
// of outputs, whose weights of that panel fit the first cache, meets all of them.

#pragma once

#include <thorax/backend/cpu/kernels/reading.hpp>        // read_pixels, read_means, read_windows
#include <thorax/backend/cpu/kernels/register_tile.hpp>  // register_tiles, tile_operands
#include <thorax/backend/cpu/kernels/windows.hpp>        // multiply_windows

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

namespace detail {

/// Multiplies one tile whose last outputs are not there: in memory of its own, from which the others are copied.
template<class Set>
void multiply_narrow(tile_operands tile, int pixels, int outputs)
{
  float own[Set::rows * columns<Set>];
  const bool continues = tile.start_stride != 0;
  for (int i = 0; continues && i < pixels; ++i)
    for (int o = 0; o < columns<Set>; ++o)
      own[i * columns<Set> + o] = o < outputs ? tile.start[i * tile.start_stride + o] : 0.0F;
  float* const out = tile.out;
  const std::ptrdiff_t stride = tile.out_stride;
  if (continues) {
    tile.start = own;
    tile.start_stride = columns<Set>;
  }
  tile.out = own;
  tile.out_stride = columns<Set>;
  register_tiles<Set>[static_cast<std::size_t>(pixels - 1)](tile);
  for (int i = 0; i < pixels; ++i)
    for (int o = 0; o < outputs; ++o) out[i * stride + o] = own[i * columns<Set> + o];
}

template<class Set>
void multiply_tile(const tile_operands& tile, int pixels, int outputs)
{
  if (outputs < columns<Set>) multiply_narrow<Set>(tile, pixels, outputs);
  else register_tiles<Set>[static_cast<std::size_t>(pixels - 1)](tile);
}

/// What a thread packs next, in cache lines, of which each of a panel's register tiles prefetches its share: the same
/// pixels' next panel, or the first panel of the next task's pixels.
class pixels_ahead {
public:
  /// The panel that is multiplied now is [begin, begin + depth); `numbers` is Set::numbers.
  pixels_ahead(const product_task& now, int begin, int depth, int numbers, int tiles)
  {
    const bool is_last = begin + depth >= now.depth;
    const int pixels = is_last ? now.next_last - now.next_first : now.last - now.first;
    if (pixels <= 0 || now.moving != each_pixel || now.mean_before != each_pixel) return;
    const int at = is_last ? 0 : (begin + depth) * numbers;
    const int left = now.in.shape.channels - at;
    const int floats = now.panel * numbers < left ? now.panel * numbers : left;
    first_ = reinterpret_cast<const char*>(now.in.data + (is_last ? now.next_first : now.first) * now.in.stride + at);
    lines_of_pixel_ = shares_within(floats, 16);
    stride_ = now.in.stride * static_cast<std::ptrdiff_t>(sizeof(float));
    share_ = shares_within(lines_of_pixel_ * pixels, tiles);
  }

  /// Of the tiles that multiply the panel, this is the one with that number.
  void set(tile_operands& tile, int number) const
  {
    if (first_ == nullptr) return;
    const int line = number * share_;
    tile.next_pixels = first_ + line / lines_of_pixel_ * stride_ + line % lines_of_pixel_ * 64;
    tile.lines_left = lines_of_pixel_ - line % lines_of_pixel_;
    tile.lines_of_pixel = lines_of_pixel_;
    tile.to_next_pixel = stride_ - lines_of_pixel_ * 64;
  }

private:
  const char* first_{};
  int lines_of_pixel_{};
  int share_{};  ///< lines that one tile prefetches
  std::ptrdiff_t stride_{};
};

/// One panel of the depth: [begin, begin + depth).
template<class Set>
struct product_panel {
  const product_task& task;
  int begin;
  int depth;
  int tiles;

  /// The weights of all groups follow each other, and behind the last those of the next panel or the next op: while a
  /// group is multiplied, each tile brings its share of the following group closer.
  void multiply(const float* weights) const
  {
    const int pixels = task.last - task.first;
    const int padded = shares_within(depth, lanes<Set>) * lanes<Set>;
    const int lines = depth * columns<Set> / 16;
    const int share = shares_within(lines, tiles);
    const pixels_ahead next{task, begin, depth, Set::numbers, shares_within(task.outputs, columns<Set>) * tiles};
    tile_operands tile{.depth = depth, .out_stride = task.out_stride,
                       .lines_ahead = task.prefetch ? shares_within(share * 4, depth) : 0};
    tile.floor = begin + depth < task.depth ? -__builtin_huge_valf() : task.floor;
    for (int o = 0; o < task.outputs; o += columns<Set>, weights += static_cast<std::ptrdiff_t>(depth) * columns<Set>) {
      tile.weights = weights;
      for (int t = 0; t < tiles; ++t) {
        const int at = cut_at(pixels, t, tiles);
        tile.pixels = task.scratch + static_cast<std::ptrdiff_t>(at) * padded;
        tile.out = task.out + at * task.out_stride + o;
        tile.start = begin == 0 ? task.bias + o : tile.out;
        tile.start_stride = begin == 0 ? 0 : task.out_stride;
        tile.ahead = reinterpret_cast<const char*>(weights + static_cast<std::ptrdiff_t>(depth) * columns<Set>) +
                     static_cast<std::ptrdiff_t>(t) * share * 64;
        next.set(tile, o / columns<Set> * tiles + t);
        multiply_tile<Set>(tile, cut_at(pixels, t + 1, tiles) - at, task.outputs - o);
      }
    }
  }
};

template<class Set, class Read>
void multiply_pixels(const product_task& task, const Read& read)
{
  const int pixels = task.last - task.first;
  const int tiles = shares_within(pixels, Set::rows);
  const float* weights = task.weights;
  const int groups = shares_within(task.outputs, columns<Set>);
  for (int begin = 0; begin < task.depth; begin += task.panel) {
    const int depth = task.depth - begin < task.panel ? task.depth - begin : task.panel;
    const int padded = shares_within(depth, lanes<Set>) * lanes<Set>;
    for (int t = 0; t < tiles; ++t) {
      const int at = cut_at(pixels, t, tiles);
      read(task.first + at, cut_at(pixels, t + 1, tiles) - at, begin, depth,
           task.scratch + static_cast<std::ptrdiff_t>(at) * padded);
    }
    product_panel<Set>{task, begin, depth, tiles}.multiply(weights);
    weights += static_cast<std::ptrdiff_t>(depth) * groups * columns<Set>;
  }
}

}  // namespace detail

/// Computes the task's pixels of a convolution or linear layer. Pairs are for 1×1 convolutions only.
template<class Set>
void multiply(const product_task& task)
{
  if constexpr (Set::numbers == 1) {
    if (task.moving != each_pixel) {
      if (!multiply_windows<Set>(task)) detail::multiply_pixels<Set>(task, read_windows<Set>{task});
      return;
    }
  }
  if (task.mean_before == each_pixel) detail::multiply_pixels<Set>(task, read_pixels<Set>{task});
  else if (task.mean_before.kernel == 2) detail::multiply_pixels<Set>(task, read_means<Set, 2>{task});
  else detail::multiply_pixels<Set>(task, read_means<Set, 0>{task});
}

}  // namespace thorax::kernels
