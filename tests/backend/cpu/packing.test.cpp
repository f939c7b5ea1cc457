// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/packing.hpp>

#include "support/random_maps.hpp"

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::patches;
using thorax::window;

namespace {

struct problem {
  extents in;
  extents out;
  window moving;
  int first;
  int last;

  explicit problem(drawing& draw) : in{draw.shape(1, 12)}
  {
    in.channels = 1;
    moving = draw.moving(in);
    out = {1, moving.places(in.height), moving.places(in.width)};
    const auto pixels = static_cast<int>(out.pixels());
    first = draw.between(0, pixels - 1);
    last = draw.between(first + 1, pixels);
  }

  int columns() const { return last - first; }
  int rows() const { return moving.kernel * moving.kernel; }

  /// returns:  which cell column `p` of row `tap` stands for, or -1 in the padding
  int cell(int tap, int p) const
  {
    const int row = (first + p) / out.width * moving.stride + tap / moving.kernel - moving.padding;
    const int column = (first + p) % out.width * moving.stride + tap % moving.kernel - moving.padding;
    const bool inside = row >= 0 && row < in.height && column >= 0 && column < in.width;
    return inside ? row * in.width + column : -1;
  }
};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    drawing draw{seed};
    const problem some{draw};
    INFO("seed " << seed << ": " << some.in.height << " x " << some.in.width << ", kernel " << some.moving.kernel
                 << ", stride " << some.moving.stride << ", padding " << some.moving.padding << ", pixels "
                 << some.first << " to " << some.last);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("packed rows hold the activated cell that each tap sees, and 0 in the padding", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const std::vector<float> plane = draw.numbers(some.in.size());
    const float shift = 100;  // so that before(0) is not 0
    std::vector<float> packed(static_cast<std::size_t>(some.rows() * some.columns()), -1.0F);
    std::vector<float> expected;
    for (int tap = 0; tap < some.rows(); ++tap)
      for (int p = 0; p < some.columns(); ++p) {
        const int cell = some.cell(tap, p);
        expected.push_back(cell < 0 ? 0.0F : plane[static_cast<std::size_t>(cell)] + shift);
      }
    const patches geometry{some.in, some.out, some.moving, some.first, some.last};
    geometry.pack(plane.data(), {nullptr, &shift, false}, 0, packed.data());
    check_close("patches", packed, expected, 0);
  });
}

TEST_CASE("rows are added back to the cells they came from", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    std::vector<float> rows = draw.numbers(static_cast<std::size_t>(some.rows() * some.columns()));
    std::vector<float> plane = draw.numbers(some.in.size());
    std::vector<float> expected = plane;
    for (int tap = 0; tap < some.rows(); ++tap)
      for (int p = 0; p < some.columns(); ++p)
        if (const int cell = some.cell(tap, p); cell >= 0)
          expected[static_cast<std::size_t>(cell)] += rows[static_cast<std::size_t>(tap * some.columns() + p)];
    const patches geometry{some.in, some.out, some.moving, some.first, some.last};
    geometry.add_back(rows.data(), plane.data());
    check_close("plane", plane, expected, 0);  // the same additions in the same order
  });
}
