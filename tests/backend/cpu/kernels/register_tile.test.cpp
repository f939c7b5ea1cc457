// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/register_tile.hpp>

#include "support/random_pixels.hpp"

#include <vector>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;

namespace {

constexpr int lanes = kernels::lanes<native>;
constexpr int columns = kernels::columns<native>;

std::size_t floats(int count) { return static_cast<std::size_t>(count); }

/// Some pixels times a register tile's weights; the sums begin with a bias, or where others left off.
struct tile_problem {
  int pixels;
  int depth;
  bool continues;
  std::vector<float> read;
  std::vector<float> weights;
  std::vector<float> start;
  float floor;

  tile_problem(drawing& draw, int some, int deep)
    : pixels{some}, depth{deep}, continues{draw.yes()}, read(draw.numbers(floats(deep * some + lanes * some))),
      weights(draw.numbers(floats(deep * columns))), start(draw.numbers(floats(some * columns))),
      floor{draw.yes() ? 0.0F : -std::numeric_limits<float>::infinity()}
  {
  }

  kernels::tile_operands operands(float* out, int out_stride) const
  {
    return {.pixels = read.data(),
            .weights = weights.data(),
            .depth = depth,
            .start = start.data(),
            .start_stride = continues ? columns : 0,
            .out = out,
            .out_stride = out_stride,
            .floor = floor};
  }

  /// The sum written down, and the same of absolute values.
  std::pair<double, double> sum(int pixel, int o) const
  {
    double all{start[floats((continues ? pixel * columns : 0) + o)]};
    double size = std::abs(all);
    for (int k = 0; k < depth; ++k) {
      const float number = read[floats((k / lanes * pixels + pixel) * lanes + k % lanes)];
      const double product = double{number} * double{weights[floats(k * columns + o)]};
      all += product;
      size += std::abs(product);
    }
    return {std::max(all, double{floor}), size};
  }
};

}  // namespace

TEST_CASE("a register tile of any number of pixels is the product written down, and writes nothing else",
          "[backend]")
{
  constexpr int out_stride = columns + 3;
  for (int pixels = 1; pixels <= native::rows; ++pixels)
    for (const int depth : {4, 8, 12, 20, 64, 100}) {
      INFO(pixels << " pixels, depth " << depth);
      drawing draw{floats(100 * pixels + depth)};
      const tile_problem some{draw, pixels, depth};
      std::vector<float> out(floats(native::rows * out_stride));
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = not_a_number(i);
      kernels::register_tiles<native>[floats(pixels - 1)](some.operands(out.data(), out_stride));
      double worst = 0;
      for (int i = 0; i < native::rows; ++i)
        for (int o = 0; o < out_stride; ++o) {
          const std::size_t place = floats(i * out_stride + o);
          if (i >= pixels || o >= columns) {
            CHECK(are_untouched(out.data() + place, 1, place));
            continue;
          }
          const auto [expected, size] = some.sum(i, o);
          const double difference = std::abs(double{out[place]} - expected);
          // Each of depth additions rounds to no more than 2^-24 of the sum of sizes.
          worst = difference <= worst * size * depth * float_rounding
                  ? worst
                  : difference / (size * depth * float_rounding);
        }
      note_difference("register tile, in shares of its bound", worst, 1);
      CHECK(worst <= 1);
    }
}

TEST_CASE("what a register tile brings closer while it multiplies changes nothing", "[backend]")
{
  drawing draw{3};
  const tile_problem some{draw, native::rows, 64};
  std::vector<float> plain(floats(native::rows * columns));
  std::vector<float> ahead(plain.size());
  kernels::register_tiles<native>.back()(some.operands(plain.data(), columns));
  kernels::tile_operands operands = some.operands(ahead.data(), columns);
  operands.ahead = reinterpret_cast<const char*>(some.weights.data());
  operands.lines_ahead = 3;
  kernels::register_tiles<native>.back()(operands);
  CHECK(ahead == plain);
}

TEST_CASE("a NaN in a pixel stays in its outputs, below a bound too", "[backend]")
{
  drawing draw{4};
  tile_problem some{draw, 2, 8};
  some.floor = 0;
  some.read[floats(lanes)] = std::numeric_limits<float>::quiet_NaN();  // the first number of the second pixel
  std::vector<float> out(floats(2 * columns));
  kernels::register_tiles<native>[1](some.operands(out.data(), columns));
  for (int o = 0; o < columns; ++o) {
    CHECK_FALSE(std::isnan(out[floats(o)]));
    CHECK(std::isnan(out[floats(columns + o)]));
  }
}
