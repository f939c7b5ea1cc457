// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/outer_products.hpp>

#include "support/random_pixels.hpp"

#include <algorithm>  // copy
#include <vector>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;

namespace {

constexpr int columns = kernels::columns<native>;

struct problem {
  int depth;
  int rows;
  sliced_pixels left;        ///< depth pixels with as many channels as rows
  std::vector<float> right;  ///< [depth][columns]
  std::vector<float> start;  ///< what the sums hold before

  problem(drawing& draw, int some_depth, int some_rows)
    : depth{some_depth}, rows{some_rows}, left{draw, {rows, 1, depth}},
      right{draw.numbers(static_cast<std::size_t>(depth * columns))},
      start{draw.numbers(static_cast<std::size_t>(rows * columns))}
  {
  }

  /// Adds products of [first, last) of the depth.
  void add(int first, int last, float* sums) const
  {
    kernels::add_outer_products<native>(
      {(*left).pixel(first), (*left).stride, right.data() + first * columns, last - first, rows, sums});
  }

  [[nodiscard]] std::vector<float> expected() const
  {
    std::vector<float> sums;
    for (int i = 0; i < rows; ++i)
      for (int o = 0; o < columns; ++o) {
        double sum = double{start[static_cast<std::size_t>(i * columns + o)]};
        for (int d = 0; d < depth; ++d)
          sum += double{(*left).pixel(d)[i]} * double{right[static_cast<std::size_t>(d * columns + o)]};
        sums.push_back(static_cast<float>(sum));
      }
    return sums;
  }
};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    drawing draw{seed};
    const int rows = seed < 45 ? static_cast<int>(seed) + 1 : draw.between(1, 45);
    const problem some{draw, draw.between(1, seed % 10 == 0 ? 500 : 70), rows};
    INFO("seed " << seed << ": depth " << some.depth << ", rows " << some.rows);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("outer products are added to the sums, row for row, and nothing around them is written", "[backend]")
{
  for_each_problem([](drawing&, const problem& some) {
    const guarded_floats memory{some.start.size() + columns};
    float* const sums = memory.data() + columns;
    std::copy(some.start.begin(), some.start.end(), sums);
    some.add(0, some.depth, sums);
    const std::vector<float> found(sums, sums + some.start.size());
    // A sum of k products of numbers of variance 1 stands near sqrt(k) and gathers k roundings of that size at
    // random, about k·2^-24. Sixteen times that is never met, one missing product is.
    check_close("native outer products", found, some.expected(), 16 * (some.depth + 4) * float_rounding);
    CHECK(are_untouched(memory.data(), columns, 0));
    CHECK(memory.guard_is_untouched());
    CHECK(some.left.rim_is_untouched());
  });
}

TEST_CASE("outer products of a depth that is cut are the same bit for bit", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    std::vector<float> whole = some.start;
    some.add(0, some.depth, whole.data());
    std::vector<float> cut = some.start;
    const int between = draw.between(0, some.depth);
    if (between > 0) some.add(0, between, cut.data());
    if (between < some.depth) some.add(between, some.depth, cut.data());
    check_same_bits("sums", whole, cut);
  });
}
