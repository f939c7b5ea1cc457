// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/filter_gradient.hpp>

#include "support/random_maps.hpp"
#include "support/winograd_matrices.hpp"

#include <thorax/backend/reference/convolution.hpp>

#include <algorithm>  // all_of
#include <vector>

using namespace thorax::tests;
using thorax::chosen_kernels;
using thorax::extents;
using thorax::filter_gradient;
using thorax::reference_convolution;
using thorax::window;
using thorax::workers;
namespace kernels = thorax::kernels;

namespace {

struct problem {
  int samples;
  extents in;
  int outputs;
  int padding;

  window moving() const { return {3, 1, padding}; }
  extents out() const { return {outputs, moving().places(in.height), moving().places(in.width)}; }
  int tiles() const
  {
    return samples * kernels::shares_within(out().height, kernels::gradient_tile) *
           kernels::shares_within(out().width, kernels::gradient_tile);
  }
};

// The least maps, tiles that are cut, channels of several shares with a smaller last one, more tiles than are
// gathered.
const std::vector<problem> chosen{{1, {16, 4, 4}, 32, 1},   {2, {16, 6, 6}, 1, 0},   {3, {128, 9, 9}, 32, 1},
                                  {1, {48, 18, 19}, 45, 1}, {7, {80, 7, 5}, 70, 2},  {2, {32, 37, 33}, 33, 1},
                                  {1, {64, 28, 28}, 31, 1}, {4, {96, 13, 12}, 64, 0}, {2, {16, 5, 4}, 9, 4}};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawing draw{seed};
    const int padding = draw.between(0, 2);
    const extents in{16 * draw.between(1, 6), draw.between(6, 21), draw.between(6, 21)};
    const problem some =
      seed < chosen.size() ? chosen[seed] : problem{draw.between(1, 4), in, draw.between(1, 70), padding};
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << " to " << some.outputs << " channels, padding " << some.padding);
    REQUIRE(filter_gradient::fits(some.in, some.out(), some.moving()));
    check(draw, some);
  }
}

// A plane's sum over k tiles gathers less than k roundings of 2^-24, which the three steps amplify; those of the
// steps themselves are as many as some tiles more, and scales before it are below 2. Four times that is never met.
double tolerance(const problem& some)
{
  const double amplification = winograd_matrices<kernels::gradient_tile>{}.gradient_amplification();
  return 4 * 2 * amplification * (some.tiles() + 30) * float_rounding;
}

}  // namespace

TEST_CASE("the gradient of the weights of a 3x3 convolution by tiles is the reference's, added to what is there",
          "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps d_out{draw, some.samples, some.out()};
    const sliced_maps<float> start{draw, 1, {some.outputs, 9, some.in.channels}};
    const filter_gradient gradient{some.in, some.out(), some.moving()};
    const auto run = [&](const workers& w, const sliced_maps<float>& d_weights) {
      gradient.run(w, *in, *before, *d_out, (*d_weights).data);
    };
    const auto found = on_any_threads("d_weights", start, gradient.scratch_floats(), run);
    const sliced_maps<float> expected{start};
    reference_convolution::convolution_gradient_of_weights({}, *in, *before, *d_out, some.moving(),
                                                           (*expected).data);
    check_close("d_weights, tile by tile", found, expected, tolerance(some));
    CHECK(in.rim_is_untouched());
    CHECK(d_out.rim_is_untouched());
  });
}

TEST_CASE("where nothing arrives, or nothing was read, the gradient by tiles is exactly 0", "[backend]")
{
  drawing draw{5};
  const problem some{2, {32, 9, 10}, 40, 1};
  const filter_gradient gradient{some.in, some.out(), some.moving()};
  crew one{1, gradient.scratch_floats()};
  const sliced_maps in{draw, some.samples, some.in};
  const sliced_maps d_out{draw, some.samples, some.out()};
  const sliced_maps<float> no_in{draw, some.samples, some.in, false};
  const sliced_maps<float> no_d_out{draw, some.samples, some.out(), false};
  std::vector<float> d_weights(static_cast<std::size_t>(some.outputs * some.in.channels * 9));
  gradient.run(*one, *in, {}, *no_d_out, d_weights.data());
  gradient.run(*one, *no_in, {}, *d_out, d_weights.data());
  CHECK(std::all_of(d_weights.begin(), d_weights.end(), [](float x) { return x == 0; }));
}

TEST_CASE("tiles are for 3x3 windows that move by one, whole vectors of channels and maps of a tile at least",
          "[backend]")
{
  const int lanes = chosen_kernels().lanes;
  const auto fits = [](const extents& in, const window& moving) {
    return filter_gradient::fits(in, {32, moving.places(in.height), moving.places(in.width)}, moving);
  };
  CHECK(fits({lanes, 4, 4}, {3, 1, 1}));
  CHECK(fits({3 * lanes, 9, 4}, {3, 1, 1}));
  CHECK(fits({lanes, 6, 6}, {3, 1, 0}));
  CHECK_FALSE(fits({lanes + 1, 4, 4}, {3, 1, 1}));
  CHECK_FALSE(fits({lanes, 4, 4}, {3, 2, 1}));
  CHECK_FALSE(fits({lanes, 9, 9}, {5, 1, 2}));
  CHECK_FALSE(fits({lanes, 9, 9}, {1, 1, 0}));
  // Smaller maps have taps that see only padding, or outputs of less than a tile.
  CHECK_FALSE(fits({lanes, 3, 9}, {3, 1, 1}));
  CHECK_FALSE(fits({lanes, 9, 3}, {3, 1, 1}));
  CHECK_FALSE(fits({lanes, 1, 1}, {3, 1, 1}));
  CHECK_FALSE(fits({lanes, 2, 2}, {3, 1, 2}));
  CHECK_FALSE(fits({lanes, 5, 9}, {3, 1, 0}));
}
