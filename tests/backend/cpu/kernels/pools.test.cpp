// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/pools.hpp>

#include "support/packed_op.hpp"

#include <cstring>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using kernels::pool_kind;
using thorax::each_pixel;
using thorax::op_kind;
using thorax::window;

namespace {

/// Pools a row of numbers, the same in all channels and rows, with a rule that doubles; checks that channels stay the same.
std::vector<float> pooled(pool_kind kind, const std::vector<float>& row, int channels, const window& moving)
{
  const int width = static_cast<int>(row.size());
  const std::vector<float> two(64, 2.0F);
  const std::vector<float> zeros(64);
  std::vector<float> in;
  for (int y = 0; y < moving.kernel; ++y)
    for (const float each : row) in.insert(in.end(), static_cast<std::size_t>(channels), each);
  const int places = moving.places(width);
  std::vector<float> out(static_cast<std::size_t>(places * channels), -1.0F);
  const float floor = -std::numeric_limits<float>::infinity();
  kernels::pool<native>({kind,
                         {in.data(), {channels, moving.kernel, width}, channels},
                         {two.data(), zeros.data(), floor},
                         moving,
                         {out.data(), {channels, 1, places}, channels},
                         0,
                         1});
  std::vector<float> first;
  for (int x = 0; x < places; ++x) {
    const float* const pixel = out.data() + x * channels;
    CHECK(std::memcmp(pixel, pixel + 1, static_cast<std::size_t>(channels - 1) * sizeof(float)) == 0);
    first.push_back(*pixel);
  }
  return first;
}

/// Computes rows [first, last) of the maxima behind a convolution as one task.
void multiply_and_pool(const packed_op& all, int first, int last, const sliced_pixels& out)
{
  const thorax::extents made = all.drawn.step.convolved();
  const int ring = all.drawn.step.max_after.kernel * made.width * made.channels;
  const guarded_floats scratch{static_cast<std::size_t>(ring) + all.scratch_for(made.width)};
  kernels::maxima_task task{all.product(out, nullptr),
                            made.height,
                            all.drawn.step.max_after,
                            *out,
                            first,
                            last,
                            scratch.data()};
  task.convolution.prefetch = true;
  kernels::multiply_and_pool<native>(task);
  CHECK(scratch.guard_is_untouched());
}

}  // namespace

TEST_CASE("a window sees the cells of a side that are inside", "[backend]")
{
  const auto seen = [](const window& moving, int place, int length) {
    const kernels::detail::cells_seen cells{moving, place, length};
    return std::pair{cells.first, cells.last};
  };
  CHECK(seen({3, 2, 1}, 0, 9) == std::pair{0, 2});
  CHECK(seen({3, 2, 1}, 1, 9) == std::pair{1, 4});
  CHECK(seen({3, 2, 1}, 4, 9) == std::pair{7, 9});
  CHECK(seen({7, 1, 6}, 3, 2) == std::pair{0, 2});
  CHECK(seen(each_pixel, 5, 9) == std::pair{5, 6});
}

TEST_CASE("the kernels' pools see what the rule makes of the maps, in every channel", "[backend]")
{
  for (const int channels : {1, 3, 8, 17, 33}) {
    INFO(channels << " channels");
    CHECK(pooled(pool_kind::largest, {1, 5, 2, -3}, channels, {2, 1, 0}) == std::vector<float>{10, 10, 4});
    CHECK(pooled(pool_kind::mean, {1, 5, 2, -4}, channels, {2, 2, 0}) == std::vector<float>{6, -2});
  }
}

TEST_CASE("the largest of a window is not a number if one of them is none, wherever it lies", "[backend]")
{
  for (std::size_t place = 0; place < 4; ++place) {
    std::vector<float> row{4, 3, 2, 1};
    row[place] = std::numeric_limits<float>::quiet_NaN();
    CHECK(std::isnan(pooled(pool_kind::largest, row, 5, {4, 1, 0}).front()));
    CHECK(std::isnan(pooled(pool_kind::mean, row, 5, {4, 1, 0}).front()));
  }
}

TEST_CASE("the mean of all pixels is that of the channels that were asked for", "[backend]")
{
  constexpr int lanes = kernels::lanes<native>;
  constexpr int channels = 2 * lanes + 3;
  std::vector<float> in;
  for (int p = 0; p < 4; ++p)
    for (int c = 0; c < channels; ++c) in.push_back(static_cast<float>(10 * p + c));
  const std::vector<float> one(64, 1.0F);
  const std::vector<float> zeros(64);
  std::vector<float> out(channels, -1.0F);
  kernels::average_all<native>(
    {{in.data(), {channels, 2, 2}, channels}, {one.data(), zeros.data(), 0}, out.data(), lanes, 3 * lanes});
  for (int c = 0; c < channels; ++c)
    CHECK(out[static_cast<std::size_t>(c)] == (c < lanes ? -1.0F : static_cast<float>(15 + c)));
}

TEST_CASE("a convolution whose rows are pooled in a ring is the reference's, whatever rows a share has",
          "[backend]")
{
  const std::vector<wanted_op> ops{{op_kind::convolution, {3, 21, 19}, 17, {7, 2, 3}, {}, {3, 2, 1}},
                                   {op_kind::convolution, {6, 9, 9}, 33, {3, 1, 1}, {}, {2, 2, 0}},
                                   {op_kind::convolution, {20, 7, 8}, 5, each_pixel, {}, {2, 1, 0}},
                                   {op_kind::convolution, {4, 8, 7}, 3, each_pixel, {}, {1, 3, 0}},
                                   {op_kind::convolution, {5, 6, 5}, 9, {3, 1, 1}, {}, {5, 1, 4}},
                                   {op_kind::convolution, {3, 20, 60}, 32, {7, 2, 3}, {}, {3, 2, 1}, true, true}};
  for (std::size_t i = 0; i < ops.size(); ++i) {
    drawing draw{i};
    const packed_op all{draw, ops[i]};
    INFO(all.drawn.words());
    const int rows = all.drawn.step.out.shape.height;
    const sliced_pixels together{all.empty};
    multiply_and_pool(all, 0, rows, together);
    // As for products: a sum of k stands near 4·sqrt(k), and the largest of them are not rounded again.
    check_close("native maxima", together.numbers(), all.expected(),
                32 * (all.drawn.depth() + 8) * float_rounding);
    CHECK(together.rim_is_untouched());
    const sliced_pixels apart{all.empty};
    for (int y = 0; y < rows; ++y) multiply_and_pool(all, y, y + 1, apart);
    check_same_bits("row by row", together.numbers(), apart.numbers());
  }
}
