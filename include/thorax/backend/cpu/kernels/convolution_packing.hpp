// SPDX-License-Identifier: MIT
//
// convolution_packing: the numbers of a convolution, once, as its recipe wants them. The scale of the norm behind it
// goes into the weights, so that only a bias is left to add.

#pragma once

#include <thorax/backend/cpu/kernels/convolution_recipe.hpp>          // convolution_recipe
#include <thorax/backend/cpu/kernels/halves.hpp>              // halved_weights
#include <thorax/backend/cpu/kernels/winograd_transform.hpp>  // winograd_transform
#include <thorax/backend/predictor.hpp>                       // op_numbers
#include <thorax/base/half.hpp>                               // bf16_bits

#include <algorithm>  // copy_n, fill, fill_n, min
#include <bit>        // bit_cast
#include <cstddef>    // ptrdiff_t
#include <cstdint>    // uint32_t
#include <vector>

namespace thorax {

/// How weights lie that are packed: out × in × kernel × kernel, or as the gradient of a convolution's input takes those of
/// the convolution: in × out, with the taps from the last to the first.
enum class weight_order { as_written, turned };

namespace detail {

/// The weights of one op: tap t of output o and input i.
struct weights_of_op {
  const float* weights;
  const float* scale;  ///< of the outputs, or null
  int outputs;
  int channels;
  int taps;
  std::ptrdiff_t output_step;
  std::ptrdiff_t channel_step;
  int last_tap;  ///< where taps are counted from the end, else 0

  weights_of_op(const op& step, const op_numbers& numbers, weight_order order)
    : weights{numbers.weights}, scale{numbers.after.scale}, outputs{step.out.shape.channels},
      channels{step.in.shape.channels}, taps{step.moving.kernel * step.moving.kernel},
      output_step{std::ptrdiff_t{taps} * (order == weight_order::turned ? 1 : channels)},
      channel_step{std::ptrdiff_t{taps} * (order == weight_order::turned ? outputs : 1)},
      last_tap{order == weight_order::turned ? taps - 1 : 0}
  {
  }

  [[nodiscard]] float at(int o, int i, int t) const
  {
    return weights[o * output_step + i * channel_step + (last_tap == 0 ? t : last_tap - t)];
  }
  [[nodiscard]] float scale_of(int o) const { return scale == nullptr ? 1.0F : scale[o]; }
};

/// returns:  two numbers as bfloat16 in the place of one, the first in the lower half
inline float pair_of(float first, float second)
{
  return std::bit_cast<float>(std::uint32_t{bf16_bits(first)} | std::uint32_t{bf16_bits(second)} << 16);
}

inline constexpr int most_columns = 32;

/// Some rows of the matrix of weights for one group of outputs. Row k is channel k % channels of tap k / channels; of
/// sixteen rows at a time each output's numbers are read side by side, as they lie in the file.
class group_rows {
public:
  group_rows(const weights_of_op& all, const convolution_recipe& recipe, int first)
    : all_{all}, recipe_{recipe}, first_{first}, outputs_{std::min(recipe.columns, all.outputs - first)}
  {
  }

  /// Writes rows [begin, end) of the recipe, each of `columns` numbers.
  void write(int begin, int end, float* packed)
  {
    constexpr int together = 16;
    for (int k = begin; k < end; k += together) {
      const int some = std::min(together, end - k);
      read(k * recipe_.numbers, some * recipe_.numbers);
      for (int row = 0; row < some; ++row, packed += recipe_.columns)
        for (int o = 0; o < recipe_.columns; ++o)
          packed[o] = recipe_.numbers == 1 ? seen_[o][row] : pair_of(seen_[o][2 * row], seen_[o][2 * row + 1]);
    }
  }

private:
  void read(int begin, int count)
  {
    for (int o = 0; o < outputs_; ++o) {
      const float scale = all_.scale_of(first_ + o);
      for (int i = 0; i < count; ++i) {
        const int k = begin + i;
        const bool exists = k < all_.channels * all_.taps;
        const bool is_single = all_.taps == 1;  // as most are: divide nothing
        seen_[o][i] = !exists ? 0.0F
                              : scale * all_.at(first_ + o, is_single ? k : k % all_.channels, is_single ? 0 : k / all_.channels);
      }
    }
  }

  const weights_of_op& all_;
  const convolution_recipe& recipe_;
  int first_;
  int outputs_;
  float seen_[most_columns][32]{};  // [output][row]; outputs that are not there stay 0
};

/// Writes [depth / panel][groups][panel][columns].
inline void pack_products(const weights_of_op& all, const convolution_recipe& recipe, float* packed)
{
  for (int begin = 0; begin < recipe.depth; begin += recipe.panel) {
    const int end = std::min(begin + recipe.panel, recipe.depth);
    for (int group = 0; group < recipe.groups; ++group, packed += (end - begin) * recipe.columns)
      group_rows{all, recipe, group * recipe.columns}.write(begin, end, packed);
  }
}

inline void combine(const float (&factors)[4], const std::vector<float> (&quarters)[4], int count, float* sum)
{
  std::fill_n(sum, count, 0.0F);
  for (int q = 0; q < 4; ++q)
    for (int i = 0; factors[q] != 0 && i < count; ++i) sum[i] += factors[q] * quarters[q].data()[i];
}

/// Writes [depth / panel][7][groups / 2][panel / 2][columns]: what each of the products of halves multiplies.
inline void pack_halves(const weights_of_op& all, const convolution_recipe& recipe, float* packed)
{
  const int outputs = all.outputs / 2;
  std::vector<float> quarters[4];
  for (std::vector<float>& each : quarters) each.resize(static_cast<std::size_t>(recipe.panel / 2 * recipe.columns));
  for (int begin = 0; begin < recipe.depth; begin += recipe.panel) {
    const int half = std::min(recipe.panel, recipe.depth - begin) / 2;
    for (int first = 0; first < outputs; first += recipe.columns) {
      for (int i = 0; i < 4; ++i)
        group_rows{all, recipe, first + i % 2 * outputs}.write(begin + i / 2 * half, begin + (i / 2 + 1) * half,
                                                               quarters[i].data());
      for (int p = 0; p < 7; ++p)
        combine(kernels::halved_weights[p], quarters, half * recipe.columns, packed + (p * outputs + first) * half);
    }
    packed += 7 * outputs * half;
  }
}

/// The planes of one channel for one group of outputs.
template<int Tile>
class group_planes {
public:
  static constexpr int side = Tile + 2;

  float numbers[std::size_t{side * side}][most_columns];

  /// G g Gᵀ · scale, for all outputs side by side.
  void transform(const weights_of_op& all, int first, int channel)
  {
    float taps[9][most_columns]{};
    for (int o = 0; o < std::min(most_columns, all.outputs - first); ++o)
      for (int t = 0; t < 9; ++t) taps[t][o] = all.at(first + o, channel, t) * all.scale_of(first + o);
    const auto& factors = kernels::winograd_transform<Tile>::weights;
    for (int i = 0; i < side; ++i) {
      float rows[3][most_columns];
      for (int j = 0; j < 3; ++j) combine(factors[i], taps[j], taps[3 + j], taps[6 + j], rows[j]);
      for (int j = 0; j < side; ++j) combine(factors[j], rows[0], rows[1], rows[2], numbers[i * side + j]);
    }
  }

private:
  static void combine(const float (&factors)[3], const float* a, const float* b, const float* c, float* sum)
  {
    for (int o = 0; o < most_columns; ++o) sum[o] = factors[0] * a[o] + factors[1] * b[o] + factors[2] * c[o];
  }
};

/// Writes [planes][groups][depth][columns].
template<int Tile>
void pack_tiles(const weights_of_op& all, const convolution_recipe& recipe, float* packed)
{
  const std::ptrdiff_t plane = static_cast<std::ptrdiff_t>(recipe.groups) * recipe.depth * recipe.columns;
  group_planes<Tile> made[2];
  for (int first = 0; first < recipe.groups * recipe.columns; first += recipe.columns)
    for (int k = 0; k < recipe.depth; ++k, packed += recipe.columns) {
      for (int i = 0; i < recipe.numbers; ++i) made[i].transform(all, first, k * recipe.numbers + i);
      for (int p = 0; p < (Tile + 2) * (Tile + 2); ++p)
        for (int o = 0; o < recipe.columns; ++o)
          packed[p * plane + o] =
            recipe.numbers == 1 ? made[0].numbers[p][o] : pair_of(made[0].numbers[p][o], made[1].numbers[p][o]);
    }
}

inline void copy_or_fill(const float* numbers, float otherwise, int count, int padded, float* to)
{
  if (numbers != nullptr) std::copy_n(numbers, count, to);
  else std::fill_n(to, count, otherwise);
  std::fill_n(to + count, padded - count, 0.0F);
}

}  // namespace detail

/// Writes the rule of what is read: a scale and a shift a channel, zeros up to a cache line.
inline void pack_rule(const activation_rule<float>& rule, int channels, float* packed)
{
  const int padded = rounded_up(channels, detail::line_floats);
  detail::copy_or_fill(rule.scale, 1, channels, padded, packed);
  detail::copy_or_fill(rule.shift, 0, channels, padded, packed + padded);
}

/// Writes recipe.floats numbers.
inline void pack_convolution(const op& step, const op_numbers& numbers, const convolution_recipe& recipe, float* packed,
                             weight_order order = weight_order::as_written)
{
  pack_rule(numbers.before, step.in.shape.channels, packed);
  std::fill(packed + recipe.zeros_at, packed + recipe.bias_at, 0.0F);
  const int outputs = step.out.shape.channels;
  detail::copy_or_fill(numbers.after.shift, 0, outputs, static_cast<int>(recipe.weights_at - recipe.bias_at),
                       packed + recipe.bias_at);
  const detail::weights_of_op all{step, numbers, order};
  float* const weights = packed + recipe.weights_at;
  if (recipe.halved) return detail::pack_halves(all, recipe, weights);
  switch (recipe.tile) {
    case 0: return detail::pack_products(all, recipe, weights);
    case 2: return detail::pack_tiles<2>(all, recipe, weights);
    case 3: return detail::pack_tiles<3>(all, recipe, weights);
    case 4: return detail::pack_tiles<4>(all, recipe, weights);
    default: return detail::pack_tiles<6>(all, recipe, weights);
  }
}

}  // namespace thorax
