// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/interleaving.hpp>

#include "support/random_pixels.hpp"

#include <limits>
#include <vector>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::extents;

namespace {

constexpr float no_floor = -std::numeric_limits<float>::infinity();

/// Maps of a few vectors each way and their tails, of which a share is moved.
struct problem {
  extents shape;
  int first;
  int last;
  int width;  ///< numbers that are written of each pixel

  explicit problem(drawing& draw)
    : shape{draw.shape(2 * kernels::lanes<native> + 9, 11)}, first{draw.between(0, pixels() - 1)},
      last{draw.between(first + 1, pixels())}, width{shape.channels + (draw.yes() ? 0 : draw.between(1, 40))}
  {
  }

  [[nodiscard]] int pixels() const { return static_cast<int>(shape.pixels()); }
  [[nodiscard]] extents written() const { return {width, shape.height, shape.width}; }
};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    drawing draw{seed};
    const problem some{draw};
    INFO("seed " << seed << ": " << some.shape.channels << " channels, pixels " << some.first << " to "
                 << some.last << " of " << some.pixels() << ", width " << some.width);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("interleaved pixels are the activated planes with zeros behind them, and nothing else is written",
          "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, 1, some.shape};
    const random_rule rule{draw, some.shape.channels};
    const sliced_pixels out{draw, some.written(), false};
    const kernels::activation before{(*rule).scale, (*rule).shift, (*rule).relu ? 0.0F : no_floor};
    kernels::interleave<native>({(*in).data, some.pixels(), some.shape.channels, before, some.first, some.last,
                                 (*out).pixel(some.first), (*out).stride, some.width});
    std::vector<float> found;
    std::vector<float> expected;
    for (int p = 0; p < some.pixels(); ++p)
      for (int c = 0; c < some.width; ++c) {
        const float number = (*out).pixel(p)[c];
        const bool is_written = p >= some.first && p < some.last;
        if (std::isnan(number) == is_written) FAIL("pixel " << p << ", channel " << c << " is " << number);
        if (!is_written) continue;
        found.push_back(number);
        expected.push_back(c < some.shape.channels ? (*rule)((*in).channel(0, c)[p], c) : 0.0F);
      }
    // The rule is one fused operation here and two there: three roundings of numbers below 16.
    const bool is_exact = before.scale == nullptr && before.shift == nullptr;
    check_close("native interleaved pixels", found, expected, is_exact ? 0 : 3 * 8 * float_rounding);
    CHECK(out.rim_is_untouched());
    CHECK(in.rim_is_untouched());
  });
}

TEST_CASE("a NaN stays one where pixels are interleaved under a ReLU", "[backend]")
{
  const std::vector<float> plane{1, std::numeric_limits<float>::quiet_NaN(), -1};
  std::vector<float> pixels(3);
  kernels::interleave<native>({plane.data(), 3, 1, {nullptr, nullptr, 0.0F}, 0, 3, pixels.data(), 1, 1});
  CHECK(pixels[0] == 1);
  CHECK(std::isnan(pixels[1]));
  CHECK(pixels[2] == 0);
}

TEST_CASE("separated pixels are written to their planes or added to them, and to nothing else", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const bool adds = draw.yes();
    INFO("adds " << adds);
    const sliced_pixels in{draw, some.shape};
    const sliced_maps<float> out{draw, 1, some.shape};
    std::vector<float> expected = out.numbers();
    for (int c = 0; c < some.shape.channels; ++c)
      for (int p = some.first; p < some.last; ++p) {
        float& number = expected[static_cast<std::size_t>(c * some.pixels() + p)];
        number = adds ? number + (*in).pixel(p)[c] : (*in).pixel(p)[c];
        // What is to be replaced may be anything.
        if (!adds) (*out).channel(0, c)[p] = std::numeric_limits<float>::quiet_NaN();
      }
    kernels::separate<native>({(*in).pixel(some.first), (*in).stride, some.shape.channels, some.first, some.last,
                               (*out).data, some.pixels(), adds});
    check_close("native separated pixels", out.numbers(), expected, 0);
    CHECK(out.rim_is_untouched());
    CHECK(in.rim_is_untouched());
  });
}
