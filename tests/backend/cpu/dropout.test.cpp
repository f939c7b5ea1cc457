// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/dropout.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/dropout.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cpu_dropout;
using thorax::extents;
using thorax::random_stream;
using thorax::reference_dropout;
using thorax::view;
using thorax::workers;

TEST_CASE("the cpu's dropout keeps what the reference keeps, forward and backward", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawing draw{seed};
    const int samples = draw.between(1, 5);
    const extents shape = draw.shape(40, 30);
    const auto rate = static_cast<float>(draw.between(0, 9)) / 10.0F;
    INFO("seed " << seed << ", rate " << rate);
    const random_stream stream{seed};
    const sliced_maps in{draw, samples, shape};
    const random_rule rule{draw, shape.channels};
    const sliced_maps<float> empty{draw, samples, shape, false};
    const auto found = on_any_threads("out", empty, 0, [&](const workers& w, auto& out) {
      cpu_dropout::dropout(w, *in, *rule, rate, stream, *out);
    });
    const auto expected{empty};
    reference_dropout::dropout({}, *in, *rule, rate, stream, *expected);
    // Numbers below 16, grown tenfold at most, a few roundings each.
    check_close("out", found, expected, 4 * 160 * float_rounding);

    const sliced_maps d_out{draw, samples, shape};
    const auto d_found = on_any_threads("d_activated", in, 0, [&](const workers& w, auto& result) {
      cpu_dropout::dropout_gradient(w, rate, stream, *d_out, *result);
    });
    const auto d_expected{in};
    reference_dropout::dropout_gradient({}, rate, stream, *d_out, *d_expected);
    check_close("d_activated", d_found, d_expected, 4 * 160 * float_rounding);
  }
}

TEST_CASE("the cpu's dropout refuses a rate of 1", "[backend]")
{
  float number = 1;
  const auto one = view<float>::packed(&number, 1, {1, 1, 1});
  CHECK_THROWS_AS(cpu_dropout::dropout({}, one, {}, 1, random_stream{1}, one), thorax::error);
}
