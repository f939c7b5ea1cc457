// SPDX-License-Identifier: MIT
//
// tasks: what a kernel is told. Plain data, the same for every instruction set, so that kernels compiled apart can be
// called through pointers. A task is the share of one thread; shares never change a result.

#pragma once

#include <thorax/plan/op.hpp>            // window
#include <thorax/tensor/pixel_view.hpp>  // pixel_view

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

/// returns:  where share `number` of `shares` begins when `whole` is cut evenly
constexpr int cut_at(int whole, int number, int shares)
{
  return static_cast<int>(static_cast<std::ptrdiff_t>(whole) * number / shares);
}

/// returns:  how many shares of at most `most` there are
constexpr int shares_within(int whole, int most) { return (whole + most - 1) / most; }

using read_maps = pixel_view<const float>;
using written_maps = pixel_view<float>;

/// x → max(floor, scale[c] · x + shift[c]). Scales and shifts are there for whole vectors, zeros at the end; the floor
/// is 0 for a ReLU and −∞ for none.
struct activation {
  const float* scale{};
  const float* shift{};
  float floor{};
};

/// One register tile: out[i] = max(floor, start[i] + Σ over k of pixels[k, i] · weights[k]) for each pixel i of the tile.
struct tile_operands {
  const float* pixels{};         ///< [depth / lanes][pixels][lanes]
  const float* weights{};        ///< [depth][columns]
  int depth{};                   ///< a multiple of 4
  const float* start{};          ///< what the sums begin with: a bias, or the sums so far
  std::ptrdiff_t start_stride{}; ///< from pixel to pixel; 0 for a bias
  float* out{};
  std::ptrdiff_t out_stride{};
  float floor{};
  const char* ahead{};           ///< memory to prefetch: weights
  int lines_ahead{};             ///< cache lines of it every 4 steps of the depth
  const char* next_pixels{};     ///< memory to prefetch, a line every 4 steps: pixels; null for none
  int lines_left{};              ///< of the first of them
  int lines_of_pixel{};
  std::ptrdiff_t to_next_pixel{};  ///< bytes from behind a pixel's lines to the next one's
};

/// A convolution as a matrix product: pixels × depth times depth × outputs.
struct product_task {
  read_maps in{};
  activation before{};
  bool identity{};              ///< `before` changes nothing
  window mean_before{};
  window moving{};
  const float* weights{};       ///< [depth / panel][outputs / columns][panel][columns]
  const float* bias{};          ///< for whole register tiles
  float floor{};                ///< of what is written
  int depth{};                  ///< rows of the weights: taps × channels, or half as many pairs, rounded up to 4
  int panel{};                  ///< so many rows of the weights at a time
  int outputs{};                ///< channels that are written
  int width{};                  ///< pixels of a row of what is computed
  int first{};                  ///< pixels [first, last), counted row by row
  int last{};
  float* out{};                 ///< where pixel `first` belongs
  std::ptrdiff_t out_stride{};
  float* scratch{};             ///< (last − first) × panel, rounded up to whole vectors
  bool prefetch{};              ///< bring the weights that come next closer while multiplying
  int next_first{};             ///< pixels [next_first, next_last) are probably this thread's next task
  int next_last{};
};

/// The same with the maxima behind it: rows [first, last) of what max_after writes.
struct maxima_task {
  product_task convolution{};   ///< out, first, last and scratch are set here
  int convolved_height{};
  window max_after{};
  written_maps out{};
  int first{};
  int last{};
  float* scratch{};             ///< max_after.kernel rows of what is computed, then the product's scratch
};

/// A 3×3 convolution by Winograd's minimal filtering: tiles [first, last) of tile × tile outputs, row by row.
struct winograd_task {
  read_maps in{};
  written_maps out{};
  int padding{};
  int tile{};                   ///< 2, 3, 4 or 6
  const float* weights{};       ///< [planes][outputs / columns][channels or pairs][columns], planes = (tile + 2)²
  const float* bias{};
  const float* zeros{};         ///< as many as channels, read outside the maps
  float floor{};
  int first{};
  int last{};
  float* scratch{};             ///< planes × ((last − first) × (channels + outputs) + two vectors)
  bool prefetch{};
};

enum class pool_kind { largest, mean };

/// Rows [first, last) of a pool.
struct pool_task {
  pool_kind kind{};
  read_maps in{};
  activation before{};
  window moving{};
  written_maps out{};
  int first{};
  int last{};
};

/// Channels [first, last) of the mean over all pixels.
struct global_mean_task {
  read_maps in{};
  activation before{};
  float* out{};
  int first{};
  int last{};
};

}  // namespace thorax::kernels
