// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/cpu.hpp>

#include "support/catch.hpp"

using thorax::cpu;
using thorax::op;
using thorax::op_kind;

namespace {

op some_op(op_kind kind, thorax::extents in, thorax::extents out, thorax::window moving)
{
  op step;
  step.kind = kind;
  step.in.shape = in;
  step.out.shape = out;
  step.moving = moving;
  return step;
}

}  // namespace

TEST_CASE("the cpu backend says its name and takes every thread it may, or as many as it is told", "[backend]")
{
  CHECK(cpu::name == "cpu");
  CHECK(cpu{}.threads == thorax::available_threads());
  CHECK(cpu{2}.threads == 2);
}

TEST_CASE("scratch is for products only: packed weights, one film's maps, and under 2 MB beside them", "[backend]")
{
  CHECK(cpu::scratch_floats(some_op(op_kind::max_pool, {64, 99, 99}, {64, 50, 50}, {3, 2, 1})) == 0);
  CHECK(cpu::scratch_floats(some_op(op_kind::activation, {64, 99, 99}, {64, 99, 99}, {})) == 0);
  for (const op& step : {some_op(op_kind::convolution, {3, 300, 300}, {64, 150, 150}, {7, 2, 3}),
                         some_op(op_kind::convolution, {128, 75, 75}, {32, 75, 75}, {3, 1, 1}),
                         some_op(op_kind::convolution, {1888, 9, 9}, {128, 9, 9}, {1, 1, 0}),
                         some_op(op_kind::convolution, {512, 14, 14}, {4096, 8, 8}, {7, 1, 0}),
                         some_op(op_kind::linear, {25088, 1, 1}, {4096, 1, 1}, {})}) {
    const auto taps = static_cast<std::size_t>(step.moving.kernel * step.moving.kernel);
    const std::size_t weights = step.in.shape.size() / step.in.shape.pixels() * step.out.shape.size() /
                                step.out.shape.pixels() * taps;
    // Filtering by tiles of 6 x 6 has 64 planes where there were 9 taps, and halves take 7/4; linear layers pack nothing.
    const std::size_t packed = step.kind == op_kind::linear ? 0 : weights * 64 / 9;
    CHECK(cpu::scratch_floats(step) > 0);
    CHECK(cpu::scratch_floats(step) <= packed + step.in.shape.size() + step.out.shape.size() + (std::size_t{1} << 19));
  }
}
