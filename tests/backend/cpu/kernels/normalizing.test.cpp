// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/normalizing.hpp>

#include "support/random_norm.hpp"
#include "support/random_pixels.hpp"

#include <algorithm>  // copy
#include <cmath>      // abs
#include <limits>     // quiet_NaN
#include <vector>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::extents;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::view;

namespace {

constexpr int side = kernels::lanes<native>;

/// What becomes of one channel's pixels by the definition, in double, and by how much floats may miss it.
struct by_definition {
  norm_sums sums;
  norm_sums allowed;
  std::vector<float> d_in;
  std::vector<double> allowed_of_d_in;

  /// Adds to `start`, unless it is null.
  by_definition(const kernels::norm_channel& norm, const float* in, const std::vector<float>& arriving,
                const float* start)
  {
    const double relative = roundings_of_sums(arriving.size()) * float_rounding;
    const double mean{norm.mean};
    for (std::size_t i = 0; i < arriving.size(); ++i) {
      const double x{in[i]};
      const bool cut = norm.relu && !(double{norm.scale} * x + double{norm.shift} > 0);
      const double d = cut ? 0 : double{arriving[i]};
      sums.arriving += d;
      sums.leaning += d * (x - mean);
      allowed.arriving += relative * std::abs(d);
      // x − mean may lose digits: its rounding is that of the larger of both.
      allowed.leaning += relative * std::abs(d) * (std::abs(x) + std::abs(mean));
      if (start == nullptr) continue;
      const double made = double{norm.scale} * d;
      d_in.push_back(static_cast<float>(double{start[i]} + made));
      // A product and a sum, and the rounding of what is expected.
      allowed_of_d_in.push_back(3 * (std::abs(double{start[i]}) + std::abs(made)) * float_rounding);
    }
  }
};

/// One channel's pixels.
struct row_problem {
  std::vector<float> in;
  std::vector<float> arriving;
  std::vector<float> start;
  kernels::norm_channel norm;

  row_problem(drawing& draw, int count)
    : in{draw.numbers(static_cast<std::size_t>(count))}, arriving{draw.numbers(in.size())},
      start{draw.numbers(in.size())}
  {
    const random_norm drawn{draw, 1};
    const auto maps = view<float>::packed(in.data(), 1, {1, 1, count});
    drawn.keep_away_from_the_edge(maps);
    const read_norm<float> read = drawn.of(maps);
    norm = {*read.mean, *read.rule.scale, *read.rule.shift, read.rule.relu};
  }
  [[nodiscard]] kernels::norm_task task(float* d_in) const
  {
    return {in.data(), arriving.data(), d_in, static_cast<int>(in.size()), norm};
  }
};

/// A place for as many numbers, with what is no number before and behind it.
struct guarded_row {
  guarded_floats memory;
  float* data;

  explicit guarded_row(const std::vector<float>& start) : memory{start.size() + 32}, data{memory.data() + 32}
  {
    std::copy(start.begin(), start.end(), data);
  }
  [[nodiscard]] bool rim_is_untouched() const
  {
    return are_untouched(memory.data(), 32, 0) && memory.guard_is_untouched();
  }
};

/// All counts around a few vectors, and those around the stretches in which floats are summed.
template<class Check>
void for_each_row(Check&& check)
{
  std::vector<int> counts{511, 512, 513, 527, 1023, 1024, 1025, 3000};
  for (int count = 1; count <= 70; ++count) counts.push_back(count);
  for (std::uint64_t seed = 0; seed < 4 * counts.size(); ++seed) {
    drawing draw{seed};
    const row_problem some{draw, counts[seed % counts.size()]};
    INFO("seed " << seed << ": " << some.in.size() << " pixels, ReLU " << some.norm.relu);
    check(draw, some);
  }
}

/// Maps channel after channel of which pixels [first, last) arrive pixel after pixel. The others of what was read are
/// not numbers.
struct film_problem {
  extents shape;
  int first;
  int last;
  random_norm norm;
  sliced_maps<float> in;
  sliced_maps<float> start;
  sliced_pixels arriving;

  film_problem(drawing& draw, int channels, int taken)
    : shape{channels, 1, taken + (draw.yes() ? 0 : draw.between(1, 9))},
      first{draw.between(0, shape.width - taken)}, last{first + taken}, norm{draw, channels}, in{draw, 1, shape},
      start{draw, 1, shape}, arriving{draw, {channels, 1, taken}}
  {
    norm.keep_away_from_the_edge(*in);
    for (int c = 0; c < channels; ++c)
      for (int p = 0; p < shape.width; ++p)
        if (p < first || p >= last) (*in).channel(0, c)[p] = std::numeric_limits<float>::quiet_NaN();
  }

  [[nodiscard]] by_definition expected(int c, bool adds) const
  {
    const read_norm<float> read = norm.of(in.read());
    std::vector<float> plane;
    for (int p = 0; p < last - first; ++p) plane.push_back((*arriving).pixel(p)[c]);
    return {{read.mean[c], read.rule.scale[c], read.rule.shift[c], read.rule.relu},
            in.read().channel(0, c) + first,
            plane,
            adds ? start.read().channel(0, c) + first : nullptr};
  }

  /// Adds to the sums, and to d_in, whose data may be null.
  void run(std::vector<norm_sums>& sums, const view<float>& d_in) const
  {
    const read_norm<float> read = norm.of(in.read());
    kernels::separate_through_norm<native>({.pixels = (*arriving).data,
                                            .stride = (*arriving).stride,
                                            .channels = shape.channels,
                                            .first = first,
                                            .last = last,
                                            .in = read.maps.data,
                                            .d_in = d_in.data,
                                            .plane = shape.width,
                                            .means = read.mean,
                                            .scales = read.rule.scale,
                                            .shifts = read.rule.shift,
                                            .relu = read.rule.relu,
                                            .sums = sums.data() + 1});
  }
};

/// Every number of channels up to two vectors and more, and every number of pixels up to as many, and some hundreds.
template<class Check>
void for_each_film(Check&& check)
{
  std::vector<int> counts{100, 255, 511, 512};
  for (int count = 1; count <= 2 * side + 3; ++count) counts.push_back(count);
  std::uint64_t seed = 0;
  for (int channels = 1; channels <= 3 * side + 1; ++channels)
    for (const int count : counts) {
      if (count > 3 * side && channels % side > 1 && channels % side < side - 1) continue;
      drawing draw{seed++};
      const film_problem some{draw, channels, count};
      INFO("seed " << seed - 1 << ": " << channels << " channels, pixels " << some.first << " to " << some.last
                   << " of " << some.shape.width << ", ReLU " << some.norm.relu());
      check(draw, some);
    }
}

}  // namespace

TEST_CASE("a row carried through a norm gives the sums of its definition, whether it is wanted or not",
          "[backend]")
{
  for_each_row([](drawing&, const row_problem& some) {
    const by_definition expected{some.norm, some.in.data(), some.arriving, nullptr};
    const norm_sums found = kernels::carry_through_norm<native>(some.task(nullptr));
    check_sums("native sums of a row", {found}, {expected.sums}, {expected.allowed});
    const guarded_row d_in{some.start};
    const norm_sums again = kernels::carry_through_norm<native>(some.task(d_in.data));
    check_same_sums("sums", {again}, {found});
  });
}

TEST_CASE("a row carried through a norm is added to what is there, and to nothing else", "[backend]")
{
  for_each_row([](drawing&, const row_problem& some) {
    const by_definition expected{some.norm, some.in.data(), some.arriving, some.start.data()};
    const guarded_row d_in{some.start};
    kernels::carry_through_norm<native>(some.task(d_in.data));
    check_each("native row through a norm", {d_in.data, d_in.data + some.in.size()}, expected.d_in,
               expected.allowed_of_d_in);
    CHECK(d_in.rim_is_untouched());
  });
}

TEST_CASE("what arrives where a ReLU let nothing through does not count, not even where y is 0", "[backend]")
{
  const std::vector<float> in{-1, 0, 1, 2};
  const std::vector<float> arriving{1, 10, 100, 1000};
  std::vector<float> d_in(4, 1);
  kernels::norm_task task{in.data(), arriving.data(), d_in.data(), 4, {.mean = -1, .scale = 2, .relu = true}};
  norm_sums sums = kernels::carry_through_norm<native>(task);
  CHECK(sums.arriving == 1100);
  CHECK(sums.leaning == 3200);
  CHECK(d_in == std::vector<float>{1, 1, 201, 2001});
  task.channel.relu = false;
  sums = kernels::carry_through_norm<native>(task);
  CHECK(sums.arriving == 1111);
  CHECK(sums.leaning == 3210);
  CHECK(d_in == std::vector<float>{3, 21, 401, 4001});
}

TEST_CASE("pixels carried through a norm are added to their planes and sums, and to nothing else", "[backend]")
{
  for_each_film([](drawing& draw, const film_problem& some) {
    const norm_sums beside{draw.normal(), draw.normal()};
    std::vector<norm_sums> sums(static_cast<std::size_t>(some.shape.channels) + 2, beside);
    const sliced_maps<float> d_in{some.start};
    some.run(sums, *d_in);
    std::vector<float> planes = some.start.numbers();
    std::vector<double> allowed(planes.size());
    std::vector<norm_sums> expected_sums(sums.size(), beside);
    std::vector<norm_sums> allowed_of_sums(sums.size());
    for (int c = 0; c < some.shape.channels; ++c) {
      const by_definition expected = some.expected(c, true);
      const auto at = static_cast<std::ptrdiff_t>(c) * some.shape.width + some.first;
      std::copy(expected.d_in.begin(), expected.d_in.end(), planes.begin() + at);
      std::copy(expected.allowed_of_d_in.begin(), expected.allowed_of_d_in.end(), allowed.begin() + at);
      const auto i = static_cast<std::size_t>(c) + 1;
      expected_sums[i].arriving += expected.sums.arriving;
      expected_sums[i].leaning += expected.sums.leaning;
      // And what adding in double to other numbers rounds.
      allowed_of_sums[i] = {expected.allowed.arriving + 1e-12, expected.allowed.leaning + 1e-12};
    }
    check_each("native pixels through a norm", d_in.numbers(), planes, allowed);
    check_sums("native sums of pixels", sums, expected_sums, allowed_of_sums);
    CHECK(d_in.rim_is_untouched());
    CHECK(some.arriving.rim_is_untouched());
  });
}

TEST_CASE("the sums of pixels carried through a norm are the same if the gradient is not wanted", "[backend]")
{
  for_each_film([](drawing&, const film_problem& some) {
    std::vector<norm_sums> sums(static_cast<std::size_t>(some.shape.channels) + 2);
    std::vector<norm_sums> alone{sums};
    const sliced_maps<float> d_in{some.start};
    some.run(sums, *d_in);
    some.run(alone, {});
    check_same_sums("sums", alone, sums);
  });
}

TEST_CASE("a line is added to what is there, and to nothing else", "[backend]")
{
  for_each_row([](drawing& draw, const row_problem& some) {
    const guarded_row d_in{some.start};
    const kernels::line_task task{some.in.data(),
                                  d_in.data,
                                  static_cast<int>(some.in.size()),
                                  static_cast<float>(draw.normal()),
                                  static_cast<float>(draw.normal()),
                                  static_cast<float>(draw.normal())};
    kernels::add_line<native>(task);
    std::vector<float> expected;
    std::vector<double> allowed;
    for (std::size_t i = 0; i < some.in.size(); ++i) {
      const double x{some.in[i]};
      const double mean{task.mean};
      const double lean{task.lean};
      expected.push_back(static_cast<float>(double{some.start[i]} + double{task.offset} + lean * (x - mean)));
      const double size = std::abs(double{some.start[i]}) + std::abs(double{task.offset}) +
                          std::abs(lean) * (std::abs(x) + std::abs(mean));
      // A difference, a product, two sums, and the rounding of what is expected.
      allowed.push_back(5 * size * float_rounding);
    }
    check_each("native line", {d_in.data, d_in.data + some.in.size()}, expected, allowed);
    CHECK(d_in.rim_is_untouched());
  });
}
