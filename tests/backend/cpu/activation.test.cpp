// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/activation.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/activation.hpp>

#include <limits>

using namespace thorax::tests;
using thorax::cpu_activation;
using thorax::extents;
using thorax::reference_activation;
using thorax::view;
using thorax::workers;

TEST_CASE("the cpu's activation and its gradient are the reference's", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 5);
    const extents shape = draw.shape(40, 40);
    const sliced_maps in{draw, samples, shape};
    const random_rule rule{draw, shape.channels};
    const sliced_maps<float> empty{draw, samples, shape, false};
    const auto found = on_any_threads(
      "out", empty, 0, [&](const workers& w, auto& out) { cpu_activation::activation(w, *in, *rule, *out); });
    const auto expected{empty};
    reference_activation::activation({}, *in, *rule, *expected);
    // Numbers below 16, one rounding more or less where the compiler fuses the product and the sum.
    check_close("out", found, expected, 2 * 16 * float_rounding);

    const sliced_maps d_out{draw, samples, shape};
    const auto d_found = on_any_threads("d_in", in, 0, [&](const workers& w, auto& result) {
      cpu_activation::activation_gradient(w, *in, *rule, *d_out, *result);
    });
    const auto d_expected{in};
    reference_activation::activation_gradient({}, *in, *rule, *d_out, *d_expected);
    check_close("d_in", d_found, d_expected, 2 * 16 * float_rounding);
  }
}

TEST_CASE("the cpu's ReLU does not hide a NaN, in vectors and behind them", "[backend]")
{
  std::vector<float> numbers(37, std::numeric_limits<float>::quiet_NaN());
  const auto maps = view<float>::packed(numbers.data(), 1, {1, 1, 37});
  cpu_activation::activation({}, maps, {nullptr, nullptr, true}, maps);
  for (const float each : numbers) CHECK(std::isnan(each));
}
