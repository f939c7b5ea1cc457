// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/halves.hpp>

#include "support/packed_op.hpp"

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::op_kind;

namespace {

/// Multiplies pixels [first, last) as one task.
void multiply(const packed_op& all, int first, int last, const sliced_pixels& out)
{
  all.with_product_of(first, last, out, [&](kernels::product_task task) {
    task.prefetch = true;
    task.next_first = first;
    task.next_last = last;
    kernels::multiply_halves<native>(task);
  });
}

}  // namespace

TEST_CASE("seven products of halves make what eight make", "[backend]")
{
  // P1 … P7 of numbers, in the order of halved_weights, and the outputs as write_outputs adds them.
  drawing draw{1};
  for (int i = 0; i < 20; ++i) {
    const auto drawn = [&] { return draw.between(-9, 9); };
    const int a[]{drawn(), drawn(), drawn(), drawn()};
    const int b[]{drawn(), drawn(), drawn(), drawn()};
    const int s1 = a[2] + a[3];
    const int s2 = s1 - a[0];
    const int read[]{a[0], a[1], a[1] - s2, a[3], s1, s2, a[0] - a[2]};
    int p[7]{};
    for (int k = 0; k < 7; ++k)
      for (int q = 0; q < 4; ++q) p[k] += read[k] * static_cast<int>(kernels::halved_weights[k][q]) * b[q];
    CHECK(p[0] + p[1] == a[0] * b[0] + a[1] * b[2]);
    CHECK(p[0] + p[5] + p[4] + p[2] == a[0] * b[1] + a[1] * b[3]);
    CHECK(p[0] + p[5] + p[6] - p[3] == a[2] * b[0] + a[3] * b[2]);
    CHECK(p[0] + p[5] + p[6] + p[4] == a[2] * b[1] + a[3] * b[3]);
  }
}

TEST_CASE("a share of pairs of pixels, by halves, is the reference's product", "[backend]")
{
  const std::vector<wanted_op> ops{{op_kind::convolution, {64, 12, 11}, 64},
                                   {op_kind::convolution, {608, 13, 11}, 128},
                                   {op_kind::convolution, {1024, 43, 3}, 64}};
  for (std::size_t i = 0; i < ops.size(); ++i) {
    drawing draw{i};
    const packed_op all{draw, ops[i]};
    INFO(all.drawn.words());
    REQUIRE(all.recipe.halved);
    const int pixels = static_cast<int>(all.drawn.step.out.shape.pixels());
    const sliced_pixels together{all.empty};
    multiply(all, 0, pixels, together);
    // Four times what a product is allowed: the largest of sums of two pixels, two halves and two outputs.
    check_close("native halves", together.numbers(), all.expected(),
                4 * 32 * (all.drawn.depth() + 8) * float_rounding);
    CHECK(together.rim_is_untouched());
    const sliced_pixels apart{all.empty};
    for (int first = 0; first < pixels; first += 6) multiply(all, first, std::min(first + 6, pixels), apart);
    check_same_bits("pairs by pairs", together.numbers(), apart.numbers());
  }
}

TEST_CASE("a share of an odd number of pixels writes those and no others", "[backend]")
{
  drawing draw{1};
  const packed_op all{draw, {op_kind::convolution, {32, 13, 11}, 64}};
  REQUIRE(all.recipe.halved);
  const sliced_pixels out{all.empty};
  multiply(all, 120, 143, out);
  const std::vector<float> found = out.numbers();
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::isnan(found[i]) == (i < 120 * 64));
  CHECK(out.rim_is_untouched());
}
