// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/patch_convolution.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/convolution.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::patch_convolution;
using thorax::reference_convolution;
using thorax::window;
using thorax::workers;

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
  extents weights() const { return {outputs, moving.kernel * moving.kernel, in.channels}; }
  std::size_t scratch() const { return patch_convolution::scratch_floats(in, out(), moving); }
};

// Strides, deeper and wider than one panel and one chunk; windows that move by one, and one that sees mostly
// padding.
const std::vector<problem> chosen{{1, {3, 71, 64}, 20, {7, 2, 3}},   {2, {70, 40, 41}, 5, {3, 2, 0}},
                                  {2, {129, 19, 17}, 33, {3, 2, 1}}, {1, {700, 15, 16}, 40, {1, 2, 0}},
                                  {3, {20, 9, 7}, 5, {2, 2, 0}},     {2, {33, 23, 22}, 12, {3, 1, 1}},
                                  {1, {128, 3, 3}, 32, {3, 1, 1}},   {3, {1, 1, 1}, 1, {7, 1, 3}},
                                  {2, {40, 2, 1}, 9, {3, 1, 1}}};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    problem some{draw.between(1, 4), draw.shape(24, 21), draw.between(1, 24), {}};
    some.moving = draw.moving(some.in);
    if (seed < chosen.size()) some = chosen[seed];
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << " to " << some.outputs << " channels, kernel " << some.moving.kernel
                 << ", stride " << some.moving.stride << ", padding " << some.moving.padding);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("the gradient of weights by patches is the reference's, added to what is there", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps d_out{draw, some.samples, some.out()};
    const sliced_maps<float> start{draw, 1, some.weights()};
    const auto run = [&](const workers& w, const sliced_maps<float>& d_weights) {
      patch_convolution::gradient_of_weights(w, *in, *before, *d_out, some.moving, (*d_weights).data);
    };
    const auto found = on_any_threads("d_weights", start, some.scratch(), run);
    const sliced_maps<float> expected{start};
    reference_convolution::convolution_gradient_of_weights({}, *in, *before, *d_out, some.moving,
                                                           (*expected).data);
    check_close("d_weights by patches", found, expected,
                tolerance(some.samples * static_cast<int>(some.out().pixels())));
  });
}

TEST_CASE("the gradient of a convolution's input by patches is the reference's, added to what is there",
          "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> weights = draw.numbers(some.weights().size());
    const sliced_maps<float> start{draw, some.samples, some.in};
    const auto run = [&](const workers& w, const sliced_maps<float>& d_activated) {
      patch_convolution::gradient_of_input(w, *d_out, weights.data(), some.moving, *d_activated);
    };
    const auto found = on_any_threads("d_activated", start, some.scratch(), run);
    const sliced_maps<float> expected{start};
    reference_convolution::convolution_gradient_of_input({}, *d_out, weights.data(), some.moving, *expected);
    check_close("d_activated by patches", found, expected,
                tolerance(some.outputs * some.moving.kernel * some.moving.kernel));
  });
}

TEST_CASE("taps that see nothing but padding have a gradient of exactly 0 by patches", "[backend]")
{
  drawing draw{3};
  const problem some{3, {16, 1, 1}, 4, {3, 1, 1}};
  const sliced_maps in{draw, some.samples, some.in};
  const sliced_maps d_out{draw, some.samples, some.out()};
  std::vector<float> d_weights(some.weights().size());
  crew one{1, some.scratch()};
  patch_convolution::gradient_of_weights(*one, *in, {}, *d_out, some.moving, d_weights.data());
  for (std::size_t i = 0; i < d_weights.size(); ++i) CHECK((d_weights[i] != 0) == (i % 9 == 4));
}
