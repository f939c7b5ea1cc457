// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/reading.hpp>

#include "support/packed_op.hpp"

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::each_pixel;
using thorax::op_kind;
using thorax::window;

namespace {

constexpr int lanes = kernels::lanes<native>;

/// Number k of the row of the patch matrix that belongs to a pixel, in double.
double number_of(const packed_op& all, int pixel, int k)
{
  const thorax::op& step = all.drawn.step;
  const int channels = step.in.shape.channels;
  const int tap = k / channels;
  if (tap >= step.moving.kernel * step.moving.kernel) return 0;
  const int width = step.convolved().width;
  const int y = pixel / width * step.moving.stride - step.moving.padding + tap / step.moving.kernel;
  const int x = pixel % width * step.moving.stride - step.moving.padding + tap % step.moving.kernel;
  const thorax::extents means = step.mean_before.places(step.in.shape);
  if (!thorax::inside(means, y, x)) return 0;
  const window& mean = step.mean_before;
  double sum = 0;
  for (int ky = 0; ky < mean.kernel; ++ky)
    for (int kx = 0; kx < mean.kernel; ++kx) {
      const int c = k % channels;
      sum += double{all.drawn.before()((*all.in)(c, y * mean.stride + ky, x * mean.stride + kx), c)};
    }
  return sum / (mean.kernel * mean.kernel);
}

/// Reads pixels [first, first + count) and numbers [begin, begin + depth) of each and checks where they lie.
template<class Read>
void check_reading(const packed_op& all, const Read& read, int first, int count, int begin, int depth)
{
  INFO("pixels " << first << " + " << count << ", numbers " << begin << " + " << depth);
  const int padded = thorax::rounded_up(depth, lanes);
  const guarded_floats packed{static_cast<std::size_t>(padded * count)};
  read(first, count, begin, depth, packed.data());
  double largest = 0;
  for (int i = 0; i < count; ++i)
    for (int k = 0; k < depth; ++k) {
      const float found = packed.data()[(k / lanes * count + i) * lanes + k % lanes];
      const double difference = std::abs(double{found} - number_of(all, first + i, begin + k));
      largest = difference <= largest ? largest : difference;
    }
  // Numbers below 6 times scales below 2 and shifts below 6, rounded three times and once with each of nine additions.
  const double allowed = 18 * 12 * float_rounding;
  note_difference("reading", largest, allowed);
  CHECK(largest <= allowed);
  CHECK(packed.guard_is_untouched());
}

/// The task lives longer than the readers that refer to it.
struct reading_problem {
  packed_op all;
  kernels::product_task task;

  reading_problem(drawing& draw, const wanted_op& wanted)
    : all{draw, wanted}, task{all.product(all.empty, nullptr)}
  {
  }
};

}  // namespace

TEST_CASE("pixels are packed activated, vector by vector, with zeros where channels end", "[backend]")
{
  for (const int channels : {1, 3, 5, 16, 33, 130}) {
    INFO(channels << " channels");
    drawing draw{static_cast<std::uint64_t>(channels)};
    const reading_problem some{draw, {op_kind::convolution, {channels, 4, 5}, 7}};
    const kernels::read_pixels<native> read{some.task};
    const int depth = some.all.recipe.depth;
    check_reading(some.all, read, 0, 20, 0, depth);
    check_reading(some.all, read, 7, 3, 0, depth);
    if (channels > 64) check_reading(some.all, read, 19, 1, 64, depth - 64);
  }
}

TEST_CASE("means of activated pixels are packed where a product of pixels looks for them", "[backend]")
{
  for (const window& mean : {window{2, 2, 0}, window{3, 1, 0}, window{3, 3, 0}, window{1, 2, 0}})
    for (const int channels : {1, 17, 64, 130}) {
      INFO(channels << " channels, means of " << mean.kernel << "/" << mean.stride);
      drawing draw{static_cast<std::uint64_t>(channels)};
      const reading_problem some{draw, {op_kind::convolution, {channels, 9, 7}, 7, each_pixel, mean}};
      const int depth = some.all.recipe.depth;
      check_reading(some.all, kernels::read_means<native, 0>{some.task}, 1, 4, 0, depth);
      if (mean.kernel == 2) check_reading(some.all, kernels::read_means<native, 2>{some.task}, 3, 8, 0, depth);
    }
}

TEST_CASE("windows are packed tap by tap, with zeros beyond the maps", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    const thorax::extents in{draw.between(1, 30), draw.between(1, 9), draw.between(1, 9)};
    wanted_op wanted{op_kind::convolution, in, 7, draw.moving(in, 5)};
    wanted.plain_before = draw.yes();
    wanted.whole = draw.yes();
    const reading_problem some{draw, wanted};
    INFO("seed " << seed << ": " << some.all.drawn.words());
    const kernels::read_windows<native> read{some.task};
    const int depth = std::min(some.all.recipe.depth, kernels::read_windows<native>::most_depth);
    const int pixels = some.task.last;
    check_reading(some.all, read, 0, pixels, 0, depth);
    const int first = draw.between(0, pixels - 1);
    const int begin = depth > 8 ? 4 * draw.between(0, depth / 4 - 1) : 0;
    check_reading(some.all, read, first, draw.between(1, pixels - first), begin, depth - begin);
  }
}
