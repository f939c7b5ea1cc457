// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/convolution.hpp>

#include "support/random_norm.hpp"
#include "support/refuses.hpp"
#include "support/winograd_matrices.hpp"

#include <thorax/backend/reference/convolution.hpp>

#include <algorithm>  // max
#include <cmath>      // sqrt
#include <vector>

using namespace thorax::tests;
using thorax::cpu_convolution;
using thorax::each_pixel;
using thorax::error_code;
using thorax::extents;
using thorax::filter_gradient;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_convolution;
using thorax::view;
using thorax::window;
using thorax::workers;
namespace kernels = thorax::kernels;

namespace {

// With numbers of variance 1 and scales up to 2, a sum of k products stands near 2·sqrt(k) and gathers k
// roundings of that size at random: about 2·k·2^-24. Sixteen times that is never met, one missing product is.
double tolerance(int products) { return 32 * (products + 4) * float_rounding; }

struct problem {
  int samples;
  extents in;
  int outputs;
  window moving;

  extents out() const { return {outputs, moving.places(in.height), moving.places(in.width)}; }
  std::size_t scratch() const { return cpu_convolution::convolution_scratch(in, out(), moving); }
  int taps() const { return moving.kernel * moving.kernel; }
  int depth() const { return in.channels * taps(); }
};

// Sums of halves are of two pixels, two halves and two outputs: four times as large as products. A filtered
// plane's sum gathers less than a rounding a channel, and some for its transforms, which tiles amplify. Four times
// that is never met.
double tolerance_of_maps(const problem& some, int channels)
{
  if (some.moving == each_pixel) return 4 * tolerance(channels);
  const bool is_filtered = some.moving.kernel == 3 && some.moving.stride == 1;
  const double filtered = 4 * 2 * amplification_of(6) * (channels + 30) * float_rounding;
  return std::max(tolerance(channels * some.taps()), is_filtered ? filtered : 0);
}

// The gradient of filtered weights sums products of tiles instead of pixels, and amplifies roundings by its own
// matrices.
double tolerance_of_weights(const problem& some)
{
  const extents out = some.out();
  if (!filter_gradient::fits(some.in, out, some.moving))
    return tolerance(some.samples * static_cast<int>(out.pixels()));
  constexpr int tile = kernels::gradient_tile;
  const int tiles =
    some.samples * kernels::shares_within(out.height, tile) * kernels::shares_within(out.width, tile);
  return 4 * 2 * winograd_matrices<tile>{}.gradient_amplification() * (tiles + 30) * float_rounding;
}

problem random_problem(drawing& draw)
{
  const int samples = draw.between(1, 4);
  const extents in = draw.shape(24, 21);
  return {samples, in, draw.between(1, 24), draw.moving(in)};
}

// Deeper and wider than one panel and one chunk, at the extents of the network; windows that are filtered on maps
// of many tiles and of less than one, halves, and padding that no turned window can have.
const std::vector<problem> large{{1, {128, 9, 9}, 32, {3, 1, 1}},   {2, {129, 19, 17}, 33, {3, 1, 1}},
                                 {1, {700, 15, 16}, 40, {1, 1, 0}}, {1, {3, 71, 64}, 20, {7, 2, 3}},
                                 {2, {70, 40, 41}, 5, {3, 2, 0}},   {3, {1, 1, 1}, 1, {7, 1, 3}},
                                 {3, {64, 18, 19}, 64, {3, 1, 1}},  {1, {128, 16, 17}, 128, {1, 1, 0}},
                                 {4, {32, 5, 6}, 48, {3, 1, 2}},    {2, {16, 2, 3}, 16, {3, 1, 1}},
                                 {2, {16, 6, 5}, 32, {3, 1, 4}}};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    const problem some = seed < large.size() ? large[seed] : random_problem(draw);
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << " to " << some.outputs << " channels, kernel " << some.moving.kernel
                 << ", stride " << some.moving.stride << ", padding " << some.moving.padding);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("the cpu's convolution is the reference's", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const random_rule after{draw, some.outputs};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const sliced_maps<float> empty{draw, some.samples, some.out(), false};
    const auto found = on_any_threads("out", empty, some.scratch(), [&](const workers& w, auto& out) {
      cpu_convolution::convolution(w, *in, *before, weights.data(), some.moving, *after, *out);
    });
    const auto expected{empty};
    reference_convolution::convolution({}, *in, *before, weights.data(), some.moving, *after, *expected);
    check_close("out", found, expected, 2 * tolerance_of_maps(some, some.in.channels));
  });
}

TEST_CASE("the cpu's gradient of convolution weights is the reference's", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> start = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const auto found = on_any_threads("d_weights", start, some.scratch(), [&](const workers& w, auto& result) {
      cpu_convolution::convolution_gradient_of_weights(w, *in, *before, *d_out, some.moving, result.data());
    });
    std::vector<float> expected = start;
    reference_convolution::convolution_gradient_of_weights({}, *in, *before, *d_out, some.moving, expected.data());
    check_close("d_weights", found, expected, tolerance_of_weights(some));
  });
}

TEST_CASE("the cpu's gradient of a convolution's input is the reference's", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const sliced_maps start{draw, some.samples, some.in};
    const auto found = on_any_threads("d_activated", start, some.scratch(), [&](const workers& w, auto& result) {
      cpu_convolution::convolution_gradient_of_input(w, *d_out, weights.data(), some.moving, *result);
    });
    const auto expected{start};
    reference_convolution::convolution_gradient_of_input({}, *d_out, weights.data(), some.moving, *expected);
    check_close("d_activated", found, expected, tolerance_of_maps(some, some.outputs));
  });
}

TEST_CASE("the cpu carries the gradient of a convolution's input through a norm as the reference does",
          "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const random_norm norm{draw, some.in.channels};
    const sliced_maps in{draw, some.samples, some.in};
    norm.keep_away_from_the_edge(*in);
    const read_norm<float> read = norm.of(in.read());
    const norm_result start{sliced_maps{draw, some.samples, some.in}};
    const auto run = [&](bool wanted) {
      return on_any_threads("a gradient through a norm", start, some.scratch(), [&](const workers& w, auto& to) {
        cpu_convolution::convolution_gradient_through_norm(w, *d_out, weights.data(), some.moving, read,
                                                           to.sums.data(), wanted ? *to.d_in : view<float>{});
      });
    };
    const norm_result found = run(true);
    norm_result expected{start};
    reference_convolution::convolution_gradient_through_norm({}, *d_out, weights.data(), some.moving, read,
                                                             expected.sums.data(), *expected.d_in);
    // Scales reach 2. What is summed is off by the convolution's difference, and its sums are of floats.
    const double arriving = tolerance_of_maps(some, some.outputs);
    check_close("d_in through a norm", found.d_in, expected.d_in, 2 * arriving);
    const double summed = roundings_of_sums(some.in.pixels()) * 4 * std::sqrt(some.outputs * some.taps());
    check_sums("sums behind a norm", found.sums, expected.sums,
               allowed_of_sums(read, [&](int, int, int, int) { return arriving + summed * float_rounding; }));
    const norm_result unwanted = run(false);
    check_same_sums("sums alone", unwanted.sums, found.sums);
    check_same_bits("d_in that is not wanted", unwanted.d_in.numbers(), start.d_in.numbers());
    CHECK(d_out.rim_is_untouched());
  });
}

TEST_CASE("taps that see nothing but padding have a gradient of exactly 0 on the cpu", "[backend]")
{
  for (const extents in : {extents{16, 1, 1}, extents{32, 1, 9}, extents{32, 9, 1}, extents{48, 3, 1}}) {
    INFO(in.height << " x " << in.width);
    drawing draw{in.size()};
    const problem some{2, in, 8, {3, 1, 1}};
    const sliced_maps maps{draw, some.samples, some.in};
    const sliced_maps d_out{draw, some.samples, some.out()};
    std::vector<float> d_weights(static_cast<std::size_t>(some.outputs * some.depth()));
    crew one{1, some.scratch()};
    cpu_convolution::convolution_gradient_of_weights(*one, *maps, {}, *d_out, some.moving, d_weights.data());
    for (std::size_t i = 0; i < d_weights.size(); ++i) {
      const bool is_seen = (in.height > 1 || i % 9 / 3 == 1) && (in.width > 1 || i % 3 == 1);
      CHECK((d_weights[i] != 0) == is_seen);
    }
  }
}

TEST_CASE("the cpu's convolution may write behind its own input in one buffer", "[backend]")
{
  drawing draw{11};
  const extents whole{7, 6, 5};
  std::vector<float> buffer = draw.numbers(2 * whole.size());
  const view<float> in{buffer.data(), 2, {4, 6, 5}, static_cast<std::ptrdiff_t>(whole.size())};
  const view<float> out{in.channel(0, 4), 2, {3, 6, 5}, in.sample_stride};
  const std::vector<float> weights = draw.numbers(3 * 4 * 9);
  std::vector<float> apart(2 * out.shape.size());
  const auto expected = view<float>::packed(apart.data(), 2, out.shape);
  reference_convolution::convolution({}, in, {}, weights.data(), {3, 1, 1}, {}, expected);
  crew two{2, cpu_convolution::convolution_scratch(in.shape, out.shape, {3, 1, 1})};
  cpu_convolution::convolution(*two, in, {}, weights.data(), {3, 1, 1}, {}, out);
  std::vector<float> found;
  for (int n = 0; n < 2; ++n) found.insert(found.end(), out.sample(n), out.sample(n) + out.shape.size());
  check_close("out", found, apart, tolerance(36));
}

TEST_CASE("a NaN in the input of the cpu's convolution reaches the outputs that see it, and no others",
          "[backend]")
{
  std::vector<float> maps(25, 1.0F);
  maps[6] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> weights(9, 1.0F);
  std::vector<float> result(25);
  crew one{1, cpu_convolution::convolution_scratch({1, 5, 5}, {1, 5, 5}, {3, 1, 1})};
  cpu_convolution::convolution(*one, view<float>::packed(maps.data(), 1, {1, 5, 5}), {nullptr, nullptr, true},
                               weights.data(), {3, 1, 1}, {nullptr, nullptr, true},
                               view<float>::packed(result.data(), 1, {1, 5, 5}));
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 5; ++x) CHECK(std::isnan(result[static_cast<std::size_t>(5 * y + x)]) == (y < 3 && x < 3));
}

TEST_CASE("the cpu's convolution refuses scratch that is too small and extents that do not follow", "[backend]")
{
  std::vector<float> numbers(64);
  const auto maps = view<float>::packed(numbers.data(), 1, {1, 4, 4});
  crew none{1};
  CHECK_THROWS_AS(cpu_convolution::convolution(*none, maps, {}, numbers.data(), {3, 1, 1}, {}, maps),
                  thorax::error);
  CHECK_THROWS_AS(cpu_convolution::convolution(*none, maps, {}, numbers.data(), {3, 1, 0}, {}, maps),
                  thorax::error);
}

TEST_CASE("the cpu refuses to carry a convolution's gradient to maps of other extents, or with too little scratch",
          "[backend]")
{
  std::vector<float> numbers(64, 1);
  const auto maps = view<float>::packed(numbers.data(), 1, {1, 4, 4});
  const auto other = view<float>::packed(numbers.data(), 1, {1, 8, 2});
  norm_sums sums{3, 3};
  const read_norm<float> read{maps, {numbers.data(), numbers.data(), false}, numbers.data()};
  const auto carry = [&](const view<float>& d_out, const view<float>& d_in, const window& moving,
                         std::size_t scratch) {
    crew one{1, scratch};
    cpu_convolution::convolution_gradient_through_norm(*one, d_out, numbers.data(), moving, read, &sums, d_in);
  };
  const window usual{3, 1, 1};
  const std::size_t enough = cpu_convolution::convolution_scratch(maps.shape, maps.shape, usual);
  CHECK(refuses(error_code::does_not_fit, "", [&] { carry(other, maps, usual, enough); }));
  CHECK(refuses(error_code::does_not_fit, "", [&] { carry(maps, other, usual, enough); }));
  CHECK(refuses(error_code::does_not_fit, "scratch", [&] { carry(maps, maps, usual, 0); }));
  const auto quarter = view<float>::packed(numbers.data(), 1, {1, 2, 2});
  CHECK(refuses(error_code::does_not_fit, "scratch", [&] { carry(quarter, maps, {3, 2, 1}, 0); }));
  CHECK(numbers == std::vector<float>(64, 1));
  CHECK(sums.arriving == 3);
}
