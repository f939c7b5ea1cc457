// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/convolution_packing.hpp>

#include "support/packed_op.hpp"
#include "support/winograd_matrices.hpp"

#include <thorax/base/half.hpp>

#include <bit>

using namespace thorax::tests;
using thorax::convolution_recipe;
using thorax::op_kind;
using thorax::window;

namespace {

/// Weight (o, i, tap) with the scale behind it, 0 where there is none.
double weight_of(const drawn_op& drawn, int o, int i, int tap)
{
  const int taps = drawn.step.moving.kernel * drawn.step.moving.kernel;
  const int channels = drawn.step.in.shape.channels;
  if (o >= drawn.step.out.shape.channels || i >= channels || tap >= taps) return 0;
  const float* const scale = drawn.after().scale;
  const double weight{drawn.weights()[static_cast<std::size_t>((o * channels + i) * taps + tap)]};
  return weight * (scale == nullptr ? 1 : double{scale[o]});
}

/// G g Gᵀ of one output and channel at (row, column), in double.
template<int Tile>
double filtered_weight(const drawn_op& drawn, int o, int i, int row, int column)
{
  static const winograd_matrices<Tile> all;
  double sum = 0;
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 3; ++x)
      sum += all.weights[row][y] * all.weights[column][x] * weight_of(drawn, o, i, 3 * y + x);
  return sum;
}

template<int Tile>
void check_tiles(const packed_op& all)
{
  const convolution_recipe& recipe = all.recipe;
  REQUIRE(recipe.tile == Tile);
  const float* packed = all.packed() + recipe.weights_at;
  double largest = 0;
  for (int row = 0; row < Tile + 2; ++row)
    for (int column = 0; column < Tile + 2; ++column)
      for (int group = 0; group < recipe.groups; ++group)
        for (int i = 0; i < recipe.depth; ++i)
          for (int o = 0; o < recipe.columns; ++o, ++packed) {
            const double expected = filtered_weight<Tile>(all.drawn, group * recipe.columns + o, i, row, column);
            largest = std::max(largest, std::abs(double{*packed} - expected));
          }
  // Factors of a row of G add up to 1 at most, so nothing exceeds the largest weight, below 6, times its scale, below 2;
  // eight roundings each.
  const double allowed = 12 * 8 * float_rounding;
  note_difference("packed tiles", largest, allowed);
  CHECK(largest <= allowed);
}

}  // namespace

TEST_CASE("a product's weights lie panel by panel, group by group, row by row, with zeros around them",
          "[backend]")
{
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    drawing draw{seed};
    const int kernel = seed % 2 == 0 ? 1 : 3;
    const packed_op all{draw,
                        {op_kind::convolution, {draw.between(1, 600), 4, 4}, draw.between(1, 70), {kernel, 2, 0}}};
    const convolution_recipe& recipe = all.recipe;
    INFO("seed " << seed << ": " << all.drawn.words());
    const float* packed = all.packed() + recipe.weights_at;
    const int channels = all.drawn.step.in.shape.channels;
    int wrong = 0;
    for (int begin = 0; begin < recipe.depth; begin += recipe.panel)
      for (int group = 0; group < recipe.groups; ++group)
        for (int k = begin; k < std::min(begin + recipe.panel, recipe.depth); ++k)
          for (int o = 0; o < recipe.columns; ++o, ++packed) {
            const double expected = weight_of(all.drawn, group * recipe.columns + o, k % channels, k / channels);
            wrong += *packed == static_cast<float>(expected) ? 0 : 1;
          }
    CHECK(wrong == 0);
    CHECK(all.guard_is_untouched());
  }
}

TEST_CASE("filtered weights lie plane by plane, and are what their matrices make of them", "[backend]")
{
  drawing draw{5};
  const auto growth = [&](int side, int outputs) {
    return packed_op{draw, {op_kind::convolution, {16, side, side}, outputs, {3, 1, 1}, {}, {}, true}};
  };
  check_tiles<6>(growth(37, 33));
  check_tiles<4>(growth(28, 32));
  check_tiles<3>(growth(9, 32));
  check_tiles<2>(growth(7, 64));
}

TEST_CASE("weights of halves are seven sums of the quarters of each panel", "[backend]")
{
  drawing draw{4};
  const packed_op all{draw, {op_kind::convolution, {544, 12, 11}, 128}};
  const convolution_recipe& recipe = all.recipe;
  REQUIRE(recipe.halved);
  const float* packed = all.packed() + recipe.weights_at;
  double largest = 0;
  for (int begin = 0; begin < recipe.depth; begin += recipe.panel) {
    const int half = std::min(recipe.panel, recipe.depth - begin) / 2;
    for (const auto& factors : thorax::kernels::halved_weights)
      for (int group = 0; group < recipe.groups / 2; ++group)
        for (int k = 0; k < half; ++k)
          for (int column = 0; column < recipe.columns; ++column, ++packed) {
            const int o = group * recipe.columns + column;
            double expected = 0;
            for (int quarter = 0; quarter < 4; ++quarter)
              expected += double{factors[quarter]} *
                          weight_of(all.drawn, o + quarter % 2 * 64, begin + k + quarter / 2 * half, 0);
            largest = std::max(largest, std::abs(double{*packed} - expected));
          }
  }
  // Four numbers below 6 with scales below 2, a rounding each.
  const double allowed = 48 * 4 * float_rounding;
  note_difference("packed halves", largest, allowed);
  CHECK(largest <= allowed);
  CHECK(packed == all.packed() + recipe.floats);
}

TEST_CASE("all of the packed memory is written, and nothing behind it", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawing draw{seed};
    const int channels = seed % 2 == 0 ? 16 * draw.between(1, 4) : draw.between(1, 70);
    const packed_op all{
      draw,
      {op_kind::convolution, {channels, 9, 9}, draw.between(1, 70), {3, 1, 1}, {}, {}, draw.yes()},
      {draw.yes(), false}};
    INFO("seed " << seed << ": " << all.drawn.words());
    CHECK(std::none_of(all.packed(), all.packed() + all.recipe.floats, [](float x) { return std::isnan(x); }));
    CHECK(all.guard_is_untouched());
  }
}

TEST_CASE("rules and biases are there for whole vectors: a one and a zero where there is none, then zeros",
          "[backend]")
{
  const std::vector<float> scale{2, 3, 4};
  const std::vector<float> shift{5, 6, 7};
  std::vector<float> packed(64, -1);
  const auto first_four = [&](int at) { return std::vector<float>(packed.begin() + at, packed.begin() + at + 4); };
  thorax::pack_rule({scale.data(), shift.data(), true}, 3, packed.data());
  CHECK(first_four(0) == std::vector<float>{2, 3, 4, 0});
  CHECK(first_four(thorax::rounded_up(3, thorax::detail::line_floats)) == std::vector<float>{5, 6, 7, 0});
  thorax::pack_rule({}, 3, packed.data());
  CHECK(first_four(0) == std::vector<float>{1, 1, 1, 0});
  CHECK(first_four(thorax::rounded_up(3, thorax::detail::line_floats)) == std::vector<float>{0, 0, 0, 0});
}

TEST_CASE("pairs of bfloat16 have the first number in the lower half", "[backend]")
{
  const auto bits = std::bit_cast<std::uint32_t>(thorax::detail::pair_of(1.0F, -2.0F));
  CHECK((bits & 0xFFFFU) == thorax::bf16_bits(1.0F));
  CHECK(bits >> 16 == thorax::bf16_bits(-2.0F));
}

TEST_CASE("in pairs, a product's weights are two rows in one", "[backend]")
{
  drawing draw{2};
  const drawn_op drawn{draw, {op_kind::convolution, {13, 2, 2}, 5}};
  thorax::kernels::kernel_table table;
  table.lanes = 16;
  const convolution_recipe recipe = recipe_of(drawn.step, table, {true, true});
  REQUIRE(recipe.numbers == 2);
  CHECK(recipe.depth == 8);  // 13 channels are seven pairs
  std::vector<float> packed(recipe.floats);
  pack_convolution(drawn.step, drawn.numbers(), recipe, packed.data());
  for (int k = 0; k < recipe.depth; ++k)
    for (int o = 0; o < recipe.columns; ++o) {
      const auto weight = [&](int i) { return static_cast<float>(weight_of(drawn, o, i, 0)); };
      const float pair = thorax::detail::pair_of(weight(2 * k), weight(2 * k + 1));
      const float found = packed[recipe.weights_at + static_cast<std::size_t>(k * recipe.columns + o)];
      CHECK(std::bit_cast<std::uint32_t>(found) == std::bit_cast<std::uint32_t>(pair));
    }
}
