// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/linear.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/linear.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cpu_linear;
using thorax::extents;
using thorax::reference_linear;
using thorax::workers;

namespace {

// As for convolutions: products of variance about 4 at most, each sum gathers one rounding a product.
double tolerance(int products) { return 64 * (products + 4) * float_rounding; }

struct problem {
  int samples;
  extents in;
  extents out;

  std::size_t scratch() const { return cpu_linear::linear_scratch(in); }
};

// More samples, inputs and outputs than one task or one packed block holds.
const std::vector<problem> large{{70, {300, 1, 1}, {70, 1, 1}},
                                 {3, {4100, 1, 1}, {130, 1, 1}},
                                 {1, {2500, 1, 1}, {65, 1, 1}},
                                 {33, {2049, 1, 1}, {1, 1, 1}}};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawing draw{seed};
    const problem some = seed < large.size()
                         ? large[seed]
                         : problem{draw.between(1, 5), {draw.between(1, 90), 1, 1}, {draw.between(1, 90), 1, 1}};
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " to " << some.out.channels);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("the cpu's linear layer is the reference's", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const random_rule after{draw, some.out.channels};
    const std::vector<float> weights = draw.numbers(some.in.size() * some.out.size());
    const sliced_maps<float> empty{draw, some.samples, some.out, false};
    const auto found = on_any_threads("out", empty, some.scratch(), [&](const workers& w, auto& out) {
      cpu_linear::linear(w, *in, *before, weights.data(), *after, *out);
    });
    const auto expected{empty};
    reference_linear::linear({}, *in, *before, weights.data(), *after, *expected);
    check_close("out", found, expected, tolerance(some.in.channels));
  });
}

TEST_CASE("the cpu's gradient of linear weights is the reference's", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps d_out{draw, some.samples, some.out};
    const std::vector<float> start = draw.numbers(some.in.size() * some.out.size());
    const auto found = on_any_threads("d_weights", start, some.scratch(), [&](const workers& w, auto& result) {
      cpu_linear::linear_gradient_of_weights(w, *in, *before, *d_out, result.data());
    });
    std::vector<float> expected = start;
    reference_linear::linear_gradient_of_weights({}, *in, *before, *d_out, expected.data());
    check_close("d_weights", found, expected, tolerance(some.samples));
  });
}

TEST_CASE("the cpu's gradient of a linear layer's input is the reference's", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps d_out{draw, some.samples, some.out};
    const std::vector<float> weights = draw.numbers(some.in.size() * some.out.size());
    const sliced_maps start{draw, some.samples, some.in};
    const auto found = on_any_threads("d_activated", start, 0, [&](const workers& w, auto& result) {
      cpu_linear::linear_gradient_of_input(w, *d_out, weights.data(), *result);
    });
    const auto expected{start};
    reference_linear::linear_gradient_of_input({}, *d_out, weights.data(), *expected);
    check_close("d_activated", found, expected, tolerance(some.out.channels));
  });
}

TEST_CASE("the cpu's gradient of a bias is the reference's, over samples and pixels", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const extents shape = draw.shape(40, 60);
    const sliced_maps d_out{draw, draw.between(1, 4), shape};
    const std::vector<float> start = draw.numbers(static_cast<std::size_t>(shape.channels));
    const auto found = on_any_threads("d_bias", start, 0, [&](const workers& w, auto& result) {
      cpu_linear::gradient_of_bias(w, *d_out, result.data());
    });
    std::vector<float> expected = start;
    reference_linear::gradient_of_bias({}, *d_out, expected.data());
    // Both sum in double; two roundings to float remain, of numbers below 6 · sqrt(4 · 3600).
    check_close("d_bias", found, expected, 4 * 720 * float_rounding);
  }
}
