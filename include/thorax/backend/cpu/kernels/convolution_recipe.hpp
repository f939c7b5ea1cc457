// SPDX-License-Identifier: MIT
//
// convolution_recipe: which of the ways to compute a convolution is taken, and how its numbers lie in memory then. A
// function of the op, the kernels and the options alone, so whoever packs and whoever computes agree.

#pragma once

#include <thorax/backend/cpu/kernels/kernel_table.hpp>  // kernel_table
#include <thorax/plan/op.hpp>                           // op

#include <algorithm>  // max, min
#include <cstddef>    // size_t

namespace thorax {

/// Switches of the cpu backend. They change how results are rounded and how fast they come, not what is computed.
struct cpu_options {
  bool winograd{true};  ///< 3×3 convolutions by minimal filtering: a third of the products, larger weights
  bool bf16{false};     ///< products of 16-bit numbers, summed in float: twice as fast, about two digits right
  bool pinned{false};   ///< each of the model's own threads stays on one core; see thread_pool
  bool strassen{true};  ///< 1×1 convolutions of many pixels: seven eighths of the products, 7/4 of the weights
  bool gray{true};      ///< films whose channels are equal: the first convolution reads one of them

  friend constexpr bool operator==(const cpu_options&, const cpu_options&) = default;
};

template<class Number>
constexpr Number rounded_up(Number number, Number step)
{
  return (number + step - 1) / step * step;
}

/// How one convolution or linear layer is computed. The numbers follow each other: scales and shifts of what is read,
/// zeros, biases, weights; each begins on a cache line, and weights come in the order in which they are used.
struct convolution_recipe {
  int tile{};     ///< outputs a side of a Winograd tile; 0: a matrix product
  bool halved{};  ///< the product is seven products of half its extents
  int numbers{};  ///< 2: pixels and weights are pairs of bfloat16 in the place of a float
  int depth{};    ///< rows of the matrix of weights, a multiple of 4
  int panel{};    ///< so many of them at a time
  int columns{};  ///< of a register tile
  int groups{};   ///< register tiles that all outputs fill
  std::size_t shift_at{};
  std::size_t zeros_at{};
  std::size_t bias_at{};
  std::size_t weights_at{};
  std::size_t floats{};
};

namespace detail {

inline constexpr int line_floats = 32;  // two cache lines, or the two widest vectors that become one of pairs

/// Weights of one panel and one group of outputs, 64 kB, stay in the first or second cache while pixels pass by.
inline constexpr int panel_depth = 512;

/// Fewer pixels do not pay for fetching 7/4 of the weights.
inline constexpr int least_halved_pixels = 128;

constexpr bool can_be_halved(const op& step, int lanes)
{
  return is_product(step.kind) && step.moving == each_pixel && step.mean_before == each_pixel &&
         step.max_after == each_pixel && step.in.shape.channels % (2 * lanes) == 0 &&
         step.out.shape.channels % (4 * lanes) == 0 && step.out.shape.pixels() >= least_halved_pixels;
}

constexpr bool can_be_filtered(const op& step, int lanes)
{
  return step.kind == op_kind::convolution && step.moving.kernel == 3 && step.moving.stride == 1 &&
         !step.has_rule_before() && step.mean_before == each_pixel &&
         step.max_after == each_pixel && step.in.shape.channels % lanes == 0;
}

/// What it costs to come by one plane's weights, in products of a pixel with them, by measured times of DenseNet's
/// blocks (maps of 75, 56, 37, 28, 18, 14, 9 and 7 pixels a side, one and two threads).
inline constexpr double plane_cost = 12;

/// What filtering with tiles of that side costs, in such products; transforming adds a fifth at 32 outputs.
constexpr double filtering_cost(const op& step, int tile)
{
  const extents out = step.out.shape;
  const int tiles = kernels::shares_within(out.height, tile) * kernels::shares_within(out.width, tile);
  const double transforms = 6.4 / out.channels;
  return (tile + 2) * (tile + 2) * (tiles * (1 + transforms) + plane_cost);
}

/// returns:  the side of the tiles that cost least, at most `most`; 0 if direct products cost less
constexpr int best_tile(const op& step, int lanes, int most)
{
  if (!can_be_filtered(step, lanes)) return 0;
  int best = 0;
  double least = 9 * (static_cast<double>(step.out.shape.pixels()) + plane_cost);
  for (const int tile : {2, 3, 4, 6}) {
    const double cost = filtering_cost(step, tile);
    if (tile > most || cost >= least) continue;
    least = cost;
    best = tile;
  }
  return best;
}

}  // namespace detail

/// returns:  how the kernels compute this convolution or linear layer
inline convolution_recipe recipe_of(const op& step, const kernels::kernel_table& with, const cpu_options& options)
{
  convolution_recipe made;
  const int channels = step.in.shape.channels;
  const int taps = step.moving.kernel * step.moving.kernel;
  const int most_tile = options.bf16 ? 4 : 6;  // larger tiles magnify roundings, which two digits do not bear
  made.tile = options.winograd ? detail::best_tile(step, with.lanes, most_tile) : 0;
  const bool can_be_paired = made.tile != 0 ? channels % (2 * with.lanes) == 0 : taps == 1 && step.moving == each_pixel;
  made.numbers = options.bf16 && can_be_paired && step.max_after == each_pixel ? 2 : 1;
  made.depth = rounded_up(made.tile != 0 ? channels : channels * taps, 4 * made.numbers) / made.numbers;
  made.halved = options.strassen && made.numbers == 1 && detail::can_be_halved(step, with.lanes);
  made.panel = made.tile != 0 ? made.depth : std::min(made.depth, detail::panel_depth);
  made.columns = 2 * with.lanes;
  made.groups = kernels::shares_within(step.out.shape.channels, made.columns);
  const int planes = made.tile != 0 ? (made.tile + 2) * (made.tile + 2) : 1;
  const auto floats = [](int count) { return static_cast<std::size_t>(rounded_up(count, detail::line_floats)); };
  const std::size_t rule = floats(channels);
  made.shift_at = rule;
  made.zeros_at = made.shift_at + rule;
  made.bias_at = made.zeros_at + (made.tile != 0 ? std::max(rule, floats(made.columns)) : 0);
  made.weights_at = made.bias_at + floats(made.groups * made.columns);
  const int weights = planes * made.depth * made.groups * made.columns;
  made.floats = made.weights_at + floats(made.halved ? weights / 4 * 7 : weights);
  return made;
}

}  // namespace thorax
