// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/convolution_recipe.hpp>

#include "support/random_pixels.hpp"

using namespace thorax::tests;
using thorax::convolution_recipe;
using thorax::cpu_options;
using thorax::op;
using thorax::op_kind;
using thorax::recipe_of;

namespace {

thorax::kernels::kernel_table table_of(int lanes, int rows)
{
  thorax::kernels::kernel_table made;
  made.lanes = lanes;
  made.rows = rows;
  return made;
}

op growth(int side, int channels = 128)
{
  op step;
  step.kind = op_kind::convolution;
  step.in.shape = {channels, side, side};
  step.out.shape = {32, side, side};
  step.moving = {3, 1, 1};
  return step;
}

}  // namespace

TEST_CASE("a DenseNet's growth is filtered with the tiles that were fastest", "[backend]")
{
  for (const int lanes : {4, 8, 16}) {
    const auto table = table_of(lanes, lanes == 16 ? 14 : 6);
    const auto tile = [&](int side) { return recipe_of(growth(side), table, {}).tile; };
    for (const int side : {75, 56, 37}) CHECK(tile(side) == 6);
    CHECK(tile(28) == 4);
    for (const int side : {18, 14, 9}) CHECK(tile(side) == 3);
    CHECK(tile(7) == 2);
  }
}

TEST_CASE("what cannot be filtered, or must not, is a product", "[backend]")
{
  const auto table = table_of(16, 14);
  const auto tile = [&](const op& step, const cpu_options& options = {}) {
    return recipe_of(step, table, options).tile;
  };
  CHECK(tile(growth(37)) == 6);
  CHECK(tile(growth(37), {.winograd = false}) == 0);
  CHECK(tile(growth(37, 120)) == 0);  // no whole vectors
  CHECK(tile(growth(2)) == 0);        // hardly a tile
  op step = growth(37);
  step.moving.stride = 2;
  CHECK(tile(step) == 0);
  step = growth(37);
  step.relu_before = true;
  CHECK(tile(step) == 0);
  step = growth(37);
  step.norm_before = 3;
  CHECK(tile(step) == 0);
  step = growth(37);
  step.max_after = {2, 2, 0};
  CHECK(tile(step) == 0);
  step = growth(37);
  step.moving = {1, 1, 0};
  CHECK(tile(step) == 0);
}

TEST_CASE("convolutions of many single pixels are products of halves, unless halves are no whole vectors or tiles",
          "[backend]")
{
  const auto table = table_of(16, 14);
  op step = growth(18);
  step.moving = {1, 1, 0};
  step.out.shape.channels = 128;
  step.norm_before = 3;
  const auto is_halved = [&](const op& each, const cpu_options& options = {}) {
    return recipe_of(each, table, options).halved;
  };
  CHECK(is_halved(step));
  CHECK_FALSE(is_halved(step, {.strassen = false}));
  CHECK_FALSE(is_halved(step, {.bf16 = true}));
  const auto otherwise = [&](auto&& change) {
    op other = step;
    change(other);
    return is_halved(other);
  };
  CHECK_FALSE(otherwise([](op& other) { other.in.shape.channels = 144; }));
  CHECK_FALSE(otherwise([](op& other) { other.out.shape.channels = 96; }));
  CHECK_FALSE(otherwise([](op& other) { other.out.shape = {128, 9, 9}; }));  // few pixels
  CHECK_FALSE(otherwise([](op& other) { other.mean_before = {2, 2, 0}; }));
  CHECK_FALSE(otherwise([](op& other) { other.max_after = {2, 2, 0}; }));
  CHECK_FALSE(otherwise([](op& other) { other.moving = {3, 1, 1}; }));
  const convolution_recipe halved = recipe_of(step, table, {});
  const convolution_recipe whole = recipe_of(step, table, {.strassen = false});
  CHECK(4 * (halved.floats - halved.weights_at) == 7 * (whole.floats - whole.weights_at));
}

TEST_CASE("a recipe's numbers follow each other on cache lines and have room for all", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const thorax::extents in{draw.between(1, 700), 9, 9};
    const drawn_op drawn{draw, {op_kind::convolution, in, draw.between(1, 100), draw.moving(in, 3)}};
    const int lanes = 4 << draw.between(0, 2);
    const convolution_recipe made = recipe_of(drawn.step, table_of(lanes, 6), {draw.yes(), false});
    const std::size_t places[]{made.shift_at, made.zeros_at, made.bias_at, made.weights_at, made.floats};
    std::size_t before = 0;
    for (const std::size_t each : places) {
      CHECK(each % 16 == 0);
      CHECK(each >= before);
      before = each;
    }
    const auto floats = [](int count) { return static_cast<std::size_t>(count); };
    CHECK(made.shift_at >= floats(in.channels));
    CHECK(made.zeros_at - made.shift_at >= floats(in.channels));
    if (made.tile != 0) CHECK(made.bias_at - made.zeros_at >= floats(std::max(in.channels, made.columns)));
    CHECK(made.weights_at - made.bias_at >= floats(made.groups * made.columns));
    const int planes = made.tile != 0 ? (made.tile + 2) * (made.tile + 2) : 1;
    CHECK(made.floats - made.weights_at >= floats(planes * made.depth * made.groups * made.columns));
    CHECK(made.columns == 2 * lanes);
    CHECK(made.groups * made.columns >= drawn.step.out.shape.channels);
  }
}

TEST_CASE("the depth of a product is cut into panels and rounded up to what a register tile takes at once",
          "[backend]")
{
  const auto table = table_of(8, 6);
  const convolution_recipe deep = recipe_of(growth(9), table, {.winograd = false});
  CHECK(deep.depth == 9 * 128);
  CHECK(deep.panel < deep.depth);
  const convolution_recipe odd = recipe_of(growth(9, 3), table, {});
  CHECK(odd.depth == 28);
  CHECK(odd.panel == 28);
}

TEST_CASE("bfloat16 is for convolutions of pixels and for filtering, and halves their depth", "[backend]")
{
  const auto table = table_of(16, 14);
  op step = growth(37);
  CHECK(recipe_of(step, table, {true, true}).numbers == 2);
  CHECK(recipe_of(step, table, {true, true}).tile == 4);  // larger ones magnify roundings too much
  CHECK(recipe_of(step, table, {true, true}).depth == 64);
  CHECK(recipe_of(step, table, {true, false}).numbers == 1);
  CHECK(recipe_of(step, table, {false, true}).numbers == 1);
  step.moving = {1, 1, 0};
  CHECK(recipe_of(step, table, {false, true}).numbers == 2);
  step.max_after = {2, 2, 0};
  CHECK(recipe_of(step, table, {false, true}).numbers == 1);
}

TEST_CASE("rounding up stops at the first multiple", "[backend]")
{
  CHECK(thorax::rounded_up(0, 16) == 0);
  CHECK(thorax::rounded_up(1, 16) == 16);
  CHECK(thorax::rounded_up(16, 16) == 16);
  CHECK(thorax::rounded_up(17, 4) == 20);
}
