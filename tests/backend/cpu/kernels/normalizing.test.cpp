// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/normalizing.hpp>

#include "support/random_pixels.hpp"

#include <algorithm>  // copy
#include <cmath>      // abs
#include <vector>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;

namespace {

/// One channel's pixels, and what their gradient is by the definition, in double.
struct problem {
  std::vector<float> in;
  std::vector<float> arriving;
  std::vector<float> start;
  kernels::norm_task task;

  problem(drawing& draw, int count)
    : in{draw.numbers(static_cast<std::size_t>(count))}, arriving{draw.numbers(in.size())},
      start{draw.numbers(in.size())}
  {
    task.in = in.data();
    task.arriving = arriving.data();
    task.count = count;
    task.mean = static_cast<float>(draw.normal());
    task.slope = static_cast<float>(draw.uniform(0.5, 2));
    task.gamma = static_cast<float>(draw.normal());
    task.beta = static_cast<float>(draw.normal());
    task.relu = draw.yes();
    const bool has_means = draw.yes();
    task.mean_arriving = has_means ? static_cast<float>(draw.normal()) : 0.0F;
    task.mean_product = has_means ? static_cast<float>(draw.normal()) : 0.0F;
    keep_away_from_the_edge();
  }

  [[nodiscard]] double normalized(std::size_t i) const
  {
    return (double{in[i]} - double{task.mean}) * double{task.slope};
  }
  [[nodiscard]] double behind(std::size_t i) const
  {
    return double{task.gamma} * normalized(i) + double{task.beta};
  }
  [[nodiscard]] double gradient(std::size_t i) const
  {
    return task.relu && !(behind(i) > 0) ? 0 : double{arriving[i]};
  }

private:
  // Where y is a rounding away from 0, a ReLU may let a gradient through or not.
  void keep_away_from_the_edge()
  {
    for (std::size_t i = 0; i < in.size(); ++i)
      if (std::abs(behind(i)) < 1e-4) arriving[i] = 0;
  }
};

/// All counts around a few vectors, and those around the stretches in which floats are summed.
template<class Check>
void for_each_problem(Check&& check)
{
  std::vector<int> counts{511, 512, 513, 527, 1023, 1024, 1025, 3000};
  for (int count = 1; count <= 70; ++count) counts.push_back(count);
  for (std::uint64_t seed = 0; seed < 4 * counts.size(); ++seed) {
    drawing draw{seed};
    const problem some{draw, counts[seed % counts.size()]};
    INFO("seed " << seed << ": " << some.task.count << " pixels, ReLU " << some.task.relu << ", mean of products "
                 << some.task.mean_product);
    check(some);
  }
}

}  // namespace

TEST_CASE("the sums of a batch norm's gradient are those of its definition", "[backend]")
{
  for_each_problem([](const problem& some) {
    double arriving = 0;
    double product = 0;
    double size_of_arriving = 0;
    double size_of_product = 0;
    for (std::size_t i = 0; i < some.in.size(); ++i) {
      const double d = some.gradient(i);
      const double h = some.normalized(i);
      arriving += d;
      product += d * h;
      size_of_arriving += std::abs(d);
      // x − mean may lose digits: its rounding is that of the larger of both.
      size_of_product += std::abs(d) * (std::abs(h) + 2 * std::abs(static_cast<double>(some.in[i])));
    }
    const kernels::norm_sums found = kernels::sum_norm<native>(some.task);
    // A lane of at least four sums at most 512 / 4 terms in float, and each term has three roundings more.
    const double roundings = std::min(some.task.count, 512) / 4.0 + 4;
    check_each("native sum of gradients", {static_cast<float>(found.arriving)}, {static_cast<float>(arriving)},
               {roundings * size_of_arriving * float_rounding});
    check_each("native sum of products", {static_cast<float>(found.product)}, {static_cast<float>(product)},
               {roundings * size_of_product * float_rounding});
  });
}

TEST_CASE("the gradient of a batch norm is added to what is there, and to nothing else", "[backend]")
{
  for_each_problem([](const problem& some) {
    const guarded_floats memory{some.in.size() + 32};
    float* const d_in = memory.data() + 32;
    std::copy(some.start.begin(), some.start.end(), d_in);
    kernels::norm_task task = some.task;
    task.d_in = d_in;
    kernels::add_norm_gradient<native>(task);
    std::vector<float> expected;
    std::vector<double> allowed;
    const double scale = double{task.gamma} * double{task.slope};
    for (std::size_t i = 0; i < some.in.size(); ++i) {
      const double d = some.gradient(i);
      const double h = some.normalized(i);
      const double made = scale * (d - double{task.mean_arriving} - h * double{task.mean_product});
      expected.push_back(static_cast<float>(double{some.start[i]} + made));
      // Each number passes at most eight operations on its way into the sum, and none grows there beyond these
      // sizes.
      const double size_of_h = std::abs(h) + 2 * std::abs(double{some.in[i]});
      const double size = std::abs(scale) * (std::abs(d) + std::abs(double{task.mean_arriving}) +
                                             size_of_h * std::abs(double{task.mean_product}));
      allowed.push_back(8 * (std::abs(double{some.start[i]}) + size) * float_rounding);
    }
    check_each("native gradient of a norm", {d_in, d_in + some.in.size()}, expected, allowed);
    CHECK(are_untouched(memory.data(), 32, 0));
    CHECK(memory.guard_is_untouched());
  });
}

TEST_CASE("what arrives where a ReLU let nothing through does not count, not even where y is 0", "[backend]")
{
  const std::vector<float> in{-1, 0, 1, 2};
  const std::vector<float> arriving{1, 10, 100, 1000};
  kernels::norm_task task{
    .in = in.data(), .arriving = arriving.data(), .count = 4, .slope = 1, .gamma = 1, .relu = true};
  CHECK(kernels::sum_norm<native>(task).arriving == 1100);
  CHECK(kernels::sum_norm<native>(task).product == 2100);
  task.relu = false;
  CHECK(kernels::sum_norm<native>(task).arriving == 1111);
}
