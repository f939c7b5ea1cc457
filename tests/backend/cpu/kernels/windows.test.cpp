// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/windows.hpp>

#include "support/packed_op.hpp"

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::op_kind;
using thorax::window;

namespace {

constexpr int columns = kernels::columns<native>;

/// A convolution of few channels that is no slice and has no rule before.
wanted_op first_of_network(thorax::extents in, int outputs, window moving)
{
  return {op_kind::convolution, in, outputs, moving, {}, {}, true, true};
}

/// Multiplies pixels [first, last); returns whether that could be done without packing.
bool multiply(const packed_op& all, int first, int last, const sliced_pixels& out)
{
  bool is_done = false;
  all.with_product_of(first, last, out,
                      [&](const kernels::product_task& task) { is_done = kernels::multiply_windows<native>(task); });
  return is_done;
}

bool is_read_in_place(const wanted_op& wanted, const thorax::cpu_options& options = {false, false})
{
  drawing draw{1};
  const packed_op all{draw, wanted, options};
  return multiply(all, 0, all.drawn.step.out.shape.width, sliced_pixels{all.empty});
}

}  // namespace

TEST_CASE("windows that are read where they lie give the reference's convolution, row by row", "[backend]")
{
  const std::vector<wanted_op> ops{first_of_network({3, 40, 41}, columns, {7, 2, 3}),
                                   first_of_network({3, 9, 33}, 2 * columns, {3, 2, 1}),
                                   first_of_network({2, 4, 37}, columns, {3, 1, 1}),
                                   first_of_network({6, 3, 20}, columns, {3, 1, 2}),
                                   first_of_network({1, 9, 40}, columns, {5, 2, 4}),
                                   first_of_network({3, 8, 35}, columns, {2, 2, 0}),
                                   first_of_network({2, 3, native::rows}, columns, {1, 1, 0})};
  for (std::size_t i = 0; i < ops.size(); ++i) {
    drawing draw{i};
    const packed_op all{draw, ops[i], {.winograd = false}};
    INFO(all.drawn.words());
    const thorax::extents made = all.drawn.step.out.shape;
    const sliced_pixels out{all.empty};
    for (int y = 0; y < made.height; ++y) CHECK(multiply(all, y * made.width, (y + 1) * made.width, out));
    // As for products: a sum of k stands near 2·sqrt(k).
    check_close("native windows", out.numbers(), all.expected(), 32 * (all.drawn.depth() + 8) * float_rounding);
    CHECK(out.rim_is_untouched());
  }
}

TEST_CASE("a part of a row is read where it lies if there is room for the row", "[backend]")
{
  drawing draw{2};
  const packed_op all{draw, first_of_network({3, 9, 100}, columns, {7, 2, 3})};  // rows of fifty
  const sliced_pixels out{all.empty};
  CHECK(multiply(all, 50, 80, out));
  const std::vector<float> found = out.numbers();
  const std::vector<float> expected = all.expected();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool is_written = i >= 50 * std::size_t{columns} && i < 80 * std::size_t{columns};
    CHECK(std::isnan(found[i]) != is_written);
    if (is_written) CHECK(std::abs(found[i] - expected[i]) <= 32 * 155 * float_rounding);
  }
  const packed_op wide{draw, first_of_network({3, 3, 1300}, columns, {3, 2, 1})};
  CHECK_FALSE(multiply(wide, 10, 100, sliced_pixels{wide.empty}));
}

TEST_CASE("what cannot be read where it lies is left alone", "[backend]")
{
  const wanted_op readable = first_of_network({3, 9, 60}, columns, {7, 2, 3});
  CHECK(is_read_in_place(readable));
  wanted_op other = readable;
  other.outputs = columns + 1;
  CHECK_FALSE(is_read_in_place(other));
  other = readable;
  other.in.channels = 4;
  CHECK_FALSE(is_read_in_place(other));
  other = readable;
  other.moving.stride = 3;
  CHECK_FALSE(is_read_in_place(other));
  other = readable;
  other.in.width = 2 * native::rows - 2;
  CHECK_FALSE(is_read_in_place(other));
  other = readable;
  other.in.channels = 1;
  other.moving = {1, 2, 0};  // strides over pixels
  CHECK_FALSE(is_read_in_place(other));
  drawing draw{1};
  const packed_op all{draw, readable};
  CHECK_FALSE(multiply(all, 20, 40, sliced_pixels{all.empty}));  // two rows have a part
}
