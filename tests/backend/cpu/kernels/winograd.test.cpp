// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/winograd.hpp>

#include "support/packed_op.hpp"
#include "support/winograd_matrices.hpp"

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::op_kind;

namespace {

/// Filters tiles [first, last) as one task.
void filter(const packed_op& all, int first, int last, const sliced_pixels& out)
{
  const int planes = (all.recipe.tile + 2) * (all.recipe.tile + 2);
  const int channels = all.recipe.depth + all.recipe.groups * all.recipe.columns;
  const int lanes = kernels::lanes<native>;
  const guarded_floats scratch{static_cast<std::size_t>(planes * ((last - first) * channels + 2 * lanes))};
  kernels::winograd_task task = all.filtering(out, scratch.data());
  task.first = first;
  task.last = last;
  task.prefetch = true;
  kernels::convolve_tiles<native>(task);
  CHECK(scratch.guard_is_untouched());
}

// As for the cpu's predictor: a plane's sum of k random products gathers less than k roundings of 2^-24, which tiles
// amplify; scales behind it are below 2. Four times that is never met.
double tolerance(const packed_op& all)
{
  return 4 * 2 * amplification_of(all.recipe.tile) * (all.drawn.step.in.shape.channels + 30) * float_rounding;
}

packed_op growth(drawing& draw, int side, int padding, int outputs)
{
  return packed_op{draw, {op_kind::convolution, {64, side, side + 2}, outputs, {3, 1, padding}, {}, {}, true}};
}

}  // namespace

TEST_CASE("filtered tiles are the convolution, with every tile, beyond the maps and where maps end in a tile",
          "[backend]")
{
  std::vector<int> tiles(7);
  for (const int side : {7, 8, 9, 13, 18, 22, 37})
    for (const int padding : {0, 1, 2}) {
      drawing draw{static_cast<std::uint64_t>(10 * side + padding)};
      const packed_op all{growth(draw, side, padding, side % 2 == 0 ? 32 : 45)};
      INFO(all.drawn.words() << ", tile " << all.recipe.tile);
      REQUIRE(all.recipe.tile != 0);
      ++tiles[static_cast<std::size_t>(all.recipe.tile)];
      const sliced_pixels together{all.empty};
      const int last = all.filtering(together, nullptr).last;
      filter(all, 0, last, together);
      check_close("native F(" + std::to_string(all.recipe.tile) + ")", together.numbers(), all.expected(),
                  tolerance(all));
      CHECK(together.rim_is_untouched());
      const sliced_pixels apart{all.empty};
      for (int first = 0; first < last; first += 5) filter(all, first, std::min(first + 5, last), apart);
      check_same_bits("share by share", together.numbers(), apart.numbers());
    }
  for (const std::size_t tile : {2U, 3U, 4U, 6U}) {
    INFO("tile " << tile);
    CHECK(tiles[tile] > 0);
  }
}

TEST_CASE("a share of the tiles writes its own outputs and no others", "[backend]")
{
  drawing draw{3};
  const packed_op all{growth(draw, 18, 1, 5)};
  REQUIRE(all.recipe.tile > 0);
  const int tile = all.recipe.tile;
  const int in_row = (20 + tile - 1) / tile;
  const sliced_pixels out{all.empty};
  filter(all, in_row + 1, in_row + 3, out);
  for (int y = 0; y < 18; ++y)
    for (int x = 0; x < 20; ++x) {
      const bool is_written = y / tile == 1 && (x / tile == 1 || x / tile == 2);
      CHECK(std::isnan((*out)(4, y, x)) != is_written);
    }
  CHECK(out.rim_is_untouched());
}
