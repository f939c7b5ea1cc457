// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/pixel_gradient.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/convolution.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::each_pixel;
using thorax::extents;
using thorax::pixel_gradient;
using thorax::reference_convolution;
using thorax::workers;

namespace {

struct problem {
  int samples;
  extents in;
  int outputs;

  extents out() const { return {outputs, in.height, in.width}; }
};

// One number, shares of channels with a rest, outputs of several register tiles and a rest, pixels of several
// stretches.
const std::vector<problem> chosen{{1, {1, 1, 1}, 1},     {2, {700, 5, 6}, 40}, {1, {129, 19, 17}, 33},
                                  {3, {40, 33, 31}, 64}, {2, {1030, 3, 3}, 7}, {1, {64, 16, 16}, 32},
                                  {5, {33, 1, 3}, 100}};

}  // namespace

TEST_CASE("the gradient of a 1x1 convolution's weights is the reference's, added to what is there",
          "[backend]")
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    const problem some =
      seed < chosen.size() ? chosen[seed] : problem{draw.between(1, 4), draw.shape(90, 21), draw.between(1, 80)};
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << " to " << some.outputs << " channels");
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps d_out{draw, some.samples, some.out()};
    const sliced_maps<float> start{draw, 1, {some.outputs, 1, some.in.channels}};
    const pixel_gradient gradient{some.in, some.out()};
    const auto run = [&](const workers& w, const sliced_maps<float>& d_weights) {
      gradient.run(w, *in, *before, *d_out, (*d_weights).data);
    };
    const auto found = on_any_threads("d_weights", start, gradient.scratch_floats(), run);
    const sliced_maps<float> expected{start};
    reference_convolution::convolution_gradient_of_weights({}, *in, *before, *d_out, each_pixel, (*expected).data);
    // With numbers of variance 1 and scales up to 2, a sum of k products stands near 2·sqrt(k) and gathers k
    // roundings of that size at random: about 2·k·2^-24. Sixteen times that is never met, one missing product is.
    const int products = some.samples * static_cast<int>(some.out().pixels());
    check_close("d_weights, pixel by pixel", found, expected, 32 * (products + 4) * float_rounding);
    CHECK(in.rim_is_untouched());
    CHECK(d_out.rim_is_untouched());
  }
}

TEST_CASE("scratch for the gradient of single pixels does not grow with the maps", "[backend]")
{
  const auto floats = [](int side) { return pixel_gradient{{64, side, side}, {32, side, side}}.scratch_floats(); };
  CHECK(floats(256) <= floats(16));
}
