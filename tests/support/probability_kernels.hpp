// SPDX-License-Identifier: MIT
//
// probability_kernels: what holds alike for kernels that make probabilities of logits, softmax and sigmoid. A kernel comes
// as two callables: forward(crew, in, rule, out) and backward(crew, out, d_out, d_activated).

#pragma once

#include "support/random_maps.hpp"

#include <cstdint>  // uint64_t
#include <vector>

namespace thorax::tests {

/// The same numbers as the reference's, on any threads, on random extents.
template<class Forward, class Backward, class ExpectedForward, class ExpectedBackward>
void check_as_reference(Forward forward, Backward backward, ExpectedForward expected_forward,
                        ExpectedBackward expected_backward)
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 5);
    const extents shape = draw.shape(9, 5);
    const sliced_maps in{draw, samples, shape};
    const random_rule rule{draw, shape.channels};
    const sliced_maps<float> empty{draw, samples, shape, false};
    const auto found =
      on_any_threads("out", empty, 0, [&](const workers& w, auto& out) { forward(w, *in, *rule, *out); });
    const auto expected{empty};
    expected_forward(workers{}, *in, *rule, *expected);
    check_close("out", found, expected, 4 * float_rounding);

    const sliced_maps d_out{draw, samples, shape};
    const auto d_found = on_any_threads("d_activated", in, 0, [&](const workers& w, auto& result) {
      backward(w, *found, *d_out, *result);
    });
    const auto d_expected{in};
    expected_backward(workers{}, *expected, *d_out, *d_expected);
    check_close("d_activated", d_found, d_expected, 64 * float_rounding);
  }
}

/// The gradient is what central differences say, in double.
template<class Forward, class Backward>
void check_gradient_by_differences(Forward forward, Backward backward)
{
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const extents shape = draw.shape(5, 3);
    std::vector<double> maps = draw.numbers<double>(2 * shape.size());
    std::vector<double> d_out = draw.numbers<double>(maps.size());
    const auto packed = [&](std::vector<double>& numbers) { return view<double>::packed(numbers.data(), 2, shape); };
    std::vector<double> out(maps.size());
    const auto run = [&] { forward(workers{}, packed(maps), activation_rule<double>{}, packed(out)); };
    run();
    std::vector<double> gradient(maps.size());
    backward(workers{}, packed(out), packed(d_out), packed(gradient));
    check_gradient("d_activated", maps, gradient, [&] {
      run();
      return product_of(out, d_out);
    });
  }
}

}  // namespace thorax::tests
