// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/products.hpp>

#include "support/packed_op.hpp"

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::each_pixel;
using thorax::op_kind;
using thorax::window;

namespace {

/// Multiplies pixels [first, last) as one task.
void multiply(const packed_op& all, int first, int last, const sliced_pixels& out)
{
  all.with_product_of(first, last, out, [](kernels::product_task task) {
    task.prefetch = true;
    task.next_first = task.first;
    task.next_last = task.last;
    kernels::multiply<native>(task);
  });
}

// Weights, numbers and rules are of variance 1 with scales up to 2: a sum of k products stands near 4·sqrt(k) and gathers
// k roundings of that size at random, about 4·k·2^-24.
double tolerance(const packed_op& all) { return 32 * (all.drawn.depth() + 8) * float_rounding; }

}  // namespace

TEST_CASE("a share of a convolution's pixels is a product, of which each number is the reference's", "[backend]")
{
  const std::vector<wanted_op> ops{{op_kind::convolution, {70, 5, 6}, 33},
                                   {op_kind::convolution, {1100, 3, 3}, 40},
                                   {op_kind::convolution, {64, 5, 5}, 64, {3, 1, 1}},
                                   {op_kind::convolution, {20, 8, 6}, 5, each_pixel, {2, 2, 0}},
                                   {op_kind::convolution, {20, 9, 7}, 5, each_pixel, {3, 1, 0}},
                                   {op_kind::linear, {77, 1, 1}, 14}};
  for (std::size_t i = 0; i < ops.size(); ++i) {
    drawing draw{i};
    const packed_op all{draw, ops[i], {.winograd = false}};
    INFO(all.drawn.words());
    const int pixels = static_cast<int>(all.drawn.step.out.shape.pixels());
    const sliced_pixels together{all.empty};
    multiply(all, 0, pixels, together);
    check_close("native products", together.numbers(), all.expected(), tolerance(all));
    CHECK(together.rim_is_untouched());
    const sliced_pixels apart{all.empty};
    for (int first = 0; first < pixels; first += 4) multiply(all, first, std::min(first + 4, pixels), apart);
    check_same_bits("share by share", together.numbers(), apart.numbers());
  }
}

TEST_CASE("a share of a product writes its own pixels and no others", "[backend]")
{
  drawing draw{1};
  const packed_op all{draw, {op_kind::convolution, {20, 5, 6}, 12}};
  const sliced_pixels out{all.empty};
  multiply(all, 10, 17, out);
  const std::vector<float> before = all.empty.numbers();
  const std::vector<float> found = out.numbers();
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::isnan(found[i]) == (i < 10 * 12 || i >= 17 * 12));
  CHECK(out.rim_is_untouched());
}
