// SPDX-License-Identifier: MIT
//
// tasks: what a kernel is told. Plain data, the same for every instruction set, so that kernels compiled apart can be
// called through pointers. A task is the share of one thread; shares never change a result.

#pragma once

#include <thorax/backend/norm_gradient.hpp>  // norm_sums
#include <thorax/plan/op.hpp>                // window
#include <thorax/tensor/pixel_view.hpp>      // pixel_view

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

/// Maps that lie channel after channel, to be read by products: pixels [first, last), activated on the way.
struct interleaving_task {
  const float* planes{};
  std::ptrdiff_t plane{};   ///< from channel to channel
  int channels{};
  activation before{};      ///< a number a channel; null changes nothing
  int first{};
  int last{};
  float* pixels{};          ///< where pixel `first` belongs
  std::ptrdiff_t stride{};  ///< from pixel to pixel
  int width{};              ///< numbers that are written of each, zeros behind the channels
};

/// The way back.
struct separation_task {
  const float* pixels{};    ///< pixel `first`
  std::ptrdiff_t stride{};
  int channels{};
  int first{};
  int last{};
  float* planes{};
  std::ptrdiff_t plane{};
  bool adds{};              ///< to what the planes hold
};

/// sums[rows][columns] += left[depth][rows], transposed, · right[depth][columns]
struct outer_task {
  const float* left{};
  std::ptrdiff_t left_stride{};
  const float* right{};
  int depth{};
  int rows{};
  float* sums{};
};

/// Outputs a side of the tiles by which the gradient of a 3×3 convolution's weights is formed.
inline constexpr int gradient_tile = 4;

/// Tiles [first, last) of one film, for the gradient of a 3×3 convolution's weights: what was read and what arrives,
/// as planes of [tile][numbers].
struct gradient_tiles_task {
  read_maps in{};               ///< channels fill whole vectors
  read_maps d_out{};            ///< channels of one register tile
  int padding{};
  const float* zeros{};         ///< as many as channels, read outside the maps
  int first{};
  int last{};
  float* read{};                ///< (gradient_tile + 2)² planes of [tile][channels]
  std::ptrdiff_t read_plane{};
  float* arriving{};            ///< as many of [tile][columns]
  std::ptrdiff_t arriving_plane{};
};

/// One channel of a batch norm: y = scale · x + shift, with a ReLU behind or not.
struct norm_channel {
  float mean{};
  float scale{};
  float shift{};
  bool relu{};
};

/// What arrives behind a norm, of one channel of one film.
struct norm_task {
  const float* in{};
  const float* arriving{};  ///< the gradient behind the ReLU
  float* d_in{};            ///< null: not wanted
  int count{};              ///< pixels
  norm_channel channel{};
};

/// Pixels [first, last) of what arrives behind a norm, pixel after pixel, while the maps lie channel after channel.
struct norm_separation_task {
  const float* pixels{};    ///< pixel `first`
  std::ptrdiff_t stride{};
  int channels{};
  int first{};
  int last{};
  const float* in{};
  float* d_in{};            ///< null: not wanted
  std::ptrdiff_t plane{};   ///< of in and d_in
  const float* means{};     ///< by channel, as are scales and shifts
  const float* scales{};
  const float* shifts{};
  bool relu{};
  norm_sums* sums{};        ///< by channel; added to
};

/// One channel of one film: d_in += offset + lean · (in − mean).
struct line_task {
  const float* in{};
  float* d_in{};
  int count{};
  float mean{};
  float offset{};
  float lean{};
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
