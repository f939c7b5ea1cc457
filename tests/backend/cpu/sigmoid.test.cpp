// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/sigmoid.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/sigmoid.hpp>

using namespace thorax::tests;
using thorax::cpu_sigmoid;
using thorax::extents;
using thorax::reference_sigmoid;
using thorax::workers;

TEST_CASE("the cpu's sigmoid and its gradient are the reference's", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 5);
    const extents shape = draw.shape(9, 5);
    const sliced_maps in{draw, samples, shape};
    const random_rule rule{draw, shape.channels};
    const sliced_maps<float> empty{draw, samples, shape, false};
    const auto found = on_any_threads(
      "out", empty, 0, [&](const workers& w, auto& out) { cpu_sigmoid::sigmoid(w, *in, *rule, *out); });
    const auto expected{empty};
    reference_sigmoid::sigmoid({}, *in, *rule, *expected);
    check_close("out", found, expected, 4 * float_rounding);

    const sliced_maps d_out{draw, samples, shape};
    const auto d_found = on_any_threads("d_activated", in, 0, [&](const workers& w, auto& result) {
      cpu_sigmoid::sigmoid_gradient(w, *found, *d_out, *result);
    });
    const auto d_expected{in};
    reference_sigmoid::sigmoid_gradient({}, *expected, *d_out, *d_expected);
    check_close("d_activated", d_found, d_expected, 64 * float_rounding);
  }
}
