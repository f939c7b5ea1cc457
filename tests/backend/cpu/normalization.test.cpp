// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/normalization.hpp>

#include "support/random_norm.hpp"
#include "support/refuses.hpp"

#include <thorax/backend/reference/normalization.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cpu_normalization;
using thorax::error_code;
using thorax::extents;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_normalization;
using thorax::view;
using thorax::workers;

namespace {

/// Maps up to some stretches of 512 pixels, in which the kernels sum floats.
struct problem {
  int samples;
  extents shape;
  sliced_maps<float> in;

  explicit problem(drawing& draw, int most_side = 25)
    : samples{draw.between(2, 5)}, shape{draw.shape(40, most_side)}, in{draw, samples, shape}
  {
  }

  [[nodiscard]] std::size_t channels() const { return static_cast<std::size_t>(shape.channels); }
};

}  // namespace

TEST_CASE("the cpu's channel statistics are the reference's", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const problem some{draw};
    std::vector<float> mean(some.channels());
    std::vector<float> variance(some.channels());
    reference_normalization::channel_statistics({}, some.in.read(), mean.data(), variance.data());
    std::vector<float> found_variance(some.channels());
    const auto found_mean =
      on_any_threads("mean", std::vector<float>(some.channels()), 0, [&](const workers& w, auto& result) {
        cpu_normalization::channel_statistics(w, some.in.read(), result.data(), found_variance.data());
      });
    // Both sum in double: one rounding to float apart, of numbers below 8.
    check_close("mean", found_mean, mean, 8 * float_rounding);
    check_close("variance", found_variance, variance, 8 * float_rounding);
  }
}

TEST_CASE("the cpu's variance of floats far from 0 is not lost in rounding", "[backend]")
{
  std::vector<float> maps(34);
  for (std::size_t i = 0; i < maps.size(); ++i) maps[i] = i % 2 == 0 ? 10000.0F : 10001.0F;
  float mean = 0;
  float variance = 0;
  cpu_normalization::channel_statistics({}, view<float>::packed(maps.data(), 1, {1, 2, 17}), &mean, &variance);
  CHECK(mean == 10000.5F);
  CHECK(variance == 0.25F);
}

TEST_CASE("the cpu carries a gradient through a norm as the reference does", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawing draw{seed};
    const problem some{draw, 60};
    const random_norm norm{draw, some.shape.channels};
    INFO("seed " << seed << ", ReLU " << norm.relu() << ", " << some.shape.height << " x " << some.shape.width);
    norm.keep_away_from_the_edge(*some.in);
    const read_norm<float> read = norm.of(some.in.read());
    const sliced_maps d_out{draw, some.samples, some.shape};
    const norm_result start{sliced_maps{draw, some.samples, some.shape}};
    const auto found = on_any_threads("a norm's gradient", start, 0, [&](const workers& w, norm_result& to) {
      cpu_normalization::norm_gradient(w, read, d_out.read(), to.sums.data(), *to.d_in);
    });
    norm_result expected{start};
    reference_normalization::norm_gradient({}, read, d_out.read(), expected.sums.data(), *expected.d_in);
    // A product and a sum, both below 16, rounded once each here and there.
    check_close("d_in of a norm", found.d_in, expected.d_in, 4 * 16 * float_rounding);
    check_sums("a norm's sums", found.sums, expected.sums, allowed_of_float_sums(read, d_out.read()));
    const auto unwanted = on_any_threads("sums alone", start, 0, [&](const workers& w, norm_result& to) {
      cpu_normalization::norm_gradient(w, read, d_out.read(), to.sums.data(), {});
    });
    check_same_sums("sums alone", unwanted.sums, found.sums);
    check_same_bits("d_in that is not wanted", unwanted.d_in.numbers(), start.d_in.numbers());
  }
}

TEST_CASE("the cpu adds lines as the reference does", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const problem some{draw};
    const std::vector<float> mean = draw.numbers(some.channels());
    const std::vector<float> offset = draw.numbers(some.channels());
    const std::vector<float> lean = draw.numbers(some.channels());
    const sliced_maps start{draw, some.samples, some.shape};
    const auto add = [&](auto backend, const workers& w, const sliced_maps<float>& d_in) {
      backend.add_lines(w, some.in.read(), mean.data(), offset.data(), lean.data(), *d_in);
    };
    const auto found = on_any_threads(
      "lines", start, 0, [&](const workers& w, const auto& d_in) { add(cpu_normalization{}, w, d_in); });
    const sliced_maps<float> expected{start};
    add(reference_normalization{}, {}, expected);
    // Three operations on numbers below 32, and two roundings there.
    check_close("lines", found, expected, 5 * 32 * float_rounding);
  }
}

TEST_CASE("the cpu refuses to carry gradients to maps of other extents", "[backend]")
{
  std::vector<float> numbers(8, 1);
  const auto maps = view<float>::packed(numbers.data(), 1, {1, 2, 4});
  const auto other = view<float>::packed(numbers.data(), 1, {1, 4, 2});
  const float one = 1;
  norm_sums sums{3, 3};
  const read_norm<float> read{maps, {&one, &one, false}, &one};
  crew alone{1};
  const auto carry = [&](const view<float>& arriving, const view<float>& d_in) {
    cpu_normalization::norm_gradient(*alone, read, arriving, &sums, d_in);
  };
  CHECK(refuses(error_code::does_not_fit, "", [&] { carry(other, maps); }));
  CHECK(refuses(error_code::does_not_fit, "", [&] { carry(maps, other); }));
  CHECK(refuses(error_code::does_not_fit, "",
                [&] { cpu_normalization::add_lines(*alone, maps, &one, &one, &one, other); }));
  CHECK(numbers == std::vector<float>(8, 1));
  CHECK(sums.arriving == 3);
}
