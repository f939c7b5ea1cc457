// SPDX-License-Identifier: MIT
//
// Convolutions and linear layers of the backend cuda against the reference.

#include "support/on_device.hpp"
#include "support/random_norm.hpp"
#include "support/refuses.hpp"

#include <thorax/backend/reference/convolution.hpp>
#include <thorax/backend/reference/linear.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cuda;
using thorax::cuda_memory;
using thorax::each_pixel;
using thorax::extents;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_convolution;
using thorax::reference_linear;
using thorax::view;
using thorax::window;

namespace {

// As for the cpu: a sum of k products of variance 1, scales up to 2, gathers about 2·k·2^-24; 16 times that is never
// met, one missing product is.
double tolerance(int products) { return 32 * (products + 4) * float_rounding; }

struct problem {
  int samples;
  extents in;
  int outputs;
  window moving;

  [[nodiscard]] extents out() const { return {outputs, moving.places(in.height), moving.places(in.width)}; }
  [[nodiscard]] int cells() const { return moving.kernel * moving.kernel; }
  [[nodiscard]] std::size_t weights() const { return static_cast<std::size_t>(outputs * in.channels * cells()); }
};

// Larger than a tile in each direction, and a depth of more than one stretch of a float's sums; then what comes.
const std::vector<problem> chosen{{1, {128, 9, 9}, 32, {3, 1, 1}}, {2, {33, 13, 11}, 70, {3, 1, 1}},
                                  {3, {300, 5, 7}, 130, each_pixel}, {2, {3, 31, 30}, 20, {7, 2, 3}},
                                  {2, {17, 12, 13}, 5, {3, 2, 0}}, {3, {1, 1, 1}, 1, {7, 1, 3}},
                                  {2, {16, 6, 5}, 32, {3, 1, 4}}};

template<class Check>
void for_each_problem(Check&& check)
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    drawing draw{seed};
    problem some{draw.between(1, 4), draw.shape(24, 17), draw.between(1, 24), {}};
    some.moving = draw.moving(some.in);
    if (seed < chosen.size()) some = chosen[seed];
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << " to " << some.outputs << " channels, kernel " << some.moving.kernel
                 << ", stride " << some.moving.stride << ", padding " << some.moving.padding);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("cuda's convolution is the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const random_rule after{draw, some.outputs};
    const std::vector<float> weights = draw.numbers(some.weights());
    const device_maps in_there{in};
    const device_rule before_there{*before, some.in.channels};
    const device_rule after_there{*after, some.outputs};
    const device_floats weights_there{weights};
    check_maps(
      "out", sliced_maps<float>{draw, some.samples, some.out(), false},
      2 * tolerance(some.in.channels * some.cells()),
      [&](view<float> out) {
        reference_convolution::convolution({}, *in, *before, weights.data(), some.moving, *after, out);
      },
      [&](view<float> out) {
        cuda::convolution({}, *in_there, *before_there, weights_there.data(), some.moving, *after_there, out);
      });
  });
}

TEST_CASE("cuda's gradient of convolution weights is the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps d_out{draw, some.samples, some.out()};
    std::vector<float> expected = draw.numbers(some.weights());
    const device_floats found{expected};
    reference_convolution::convolution_gradient_of_weights({}, *in, *before, *d_out, some.moving, expected.data());
    const device_rule before_there{*before, some.in.channels};
    cuda::convolution_gradient_of_weights({}, *device_maps{in}, *before_there, *device_maps{d_out}, some.moving,
                                          found.data());
    check_close("d_weights", found.numbers(), expected,
                tolerance(some.samples * static_cast<int>(some.out().pixels())));
  });
}

TEST_CASE("cuda's gradient of a convolution's input is the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> weights = draw.numbers(some.weights());
    const device_maps d_out_there{d_out};
    const device_floats weights_there{weights};
    check_maps(
      "d_activated", sliced_maps{draw, some.samples, some.in}, tolerance(some.outputs * some.cells()),
      [&](view<float> d_in) {
        reference_convolution::convolution_gradient_of_input({}, *d_out, weights.data(), some.moving, d_in);
      },
      [&](view<float> d_in) {
        cuda::convolution_gradient_of_input({}, *d_out_there, weights_there.data(), some.moving, d_in);
      });
  });
}

TEST_CASE("cuda carries the gradient of a convolution's input through a norm as the reference does", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> weights = draw.numbers(some.weights());
    const random_norm norm{draw, some.in.channels};
    const sliced_maps in{draw, some.samples, some.in};
    norm.keep_away_from_the_edge(*in);
    const read_norm<float> read = norm.of(in.read());
    norm_result expected{sliced_maps{draw, some.samples, some.in}};
    const device_maps d_in_there{expected.d_in};
    reference_convolution::convolution_gradient_through_norm({}, *d_out, weights.data(), some.moving, read,
                                                             expected.sums.data(), *expected.d_in);

    const device_maps in_there{in};
    const device_rule rule_there{read.rule, some.in.channels};
    const device_floats mean_there{std::span{read.mean, static_cast<std::size_t>(some.in.channels)}};
    const device_floats weights_there{weights};
    const device_floats sums_there{expected.sums.size() * 4};
    thorax::op step;
    step.kind = thorax::op_kind::convolution;
    step.in.shape = some.in;
    const device_floats scratch{cuda::scratch_floats(step)};
    const thorax::workers crew{nullptr, scratch.data(), cuda::scratch_floats(step)};
    const device_maps d_out_there{d_out};
    const auto carry = [&](view<float> d_in) {
      cuda::convolution_gradient_through_norm(crew, *d_out_there, weights_there.data(), some.moving,
                                              {*in_there, *rule_there, mean_there.data()},
                                              reinterpret_cast<norm_sums*>(sums_there.data()), d_in);
      std::vector<norm_sums> sums(expected.sums.size());
      cuda_memory::copy_out(sums_there.data(), sums.size() * 4, reinterpret_cast<float*>(sums.data()));
      return sums;
    };
    const double arriving = tolerance(some.outputs * some.cells());
    const std::vector<norm_sums> found = carry(*d_in_there);
    check_close("d_in through a norm", d_in_there.back(), expected.d_in, 2 * arriving);
    check_sums("sums behind a norm", found, expected.sums,
               allowed_of_sums(read, [&](int, int, int, int) { return arriving; }));
    check_same_sums("sums alone", carry({}), found);
  });
}

TEST_CASE("cuda's convolution may write behind its own input in one buffer", "[cuda]")
{
  if (!has_device()) return;
  drawing draw{11};
  const extents whole{7, 6, 5};
  const std::vector<float> buffer = draw.numbers(2 * whole.size());
  const std::vector<float> weights = draw.numbers(3 * 4 * 9);
  const auto run = [&](float* numbers, auto&& convolve) {
    const view<float> in{numbers, 2, {4, 6, 5}, static_cast<std::ptrdiff_t>(whole.size())};
    convolve(in, view<float>{in.channel(0, 4), 2, {3, 6, 5}, in.sample_stride});
  };
  std::vector<float> expected = buffer;
  run(expected.data(), [&](view<float> in, view<float> out) {
    reference_convolution::convolution({}, in, {}, weights.data(), {3, 1, 1}, {}, out);
  });
  const device_floats found{buffer};
  const device_floats weights_there{weights};
  run(found.data(), [&](view<float> in, view<float> out) {
    cuda::convolution({}, in, {}, weights_there.data(), {3, 1, 1}, {}, out);
  });
  check_close("buffer", found.numbers(), expected, tolerance(36));
}

TEST_CASE("cuda's linear layer and its gradients are the reference's", "[cuda]")
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 70), inputs = draw.between(1, 300), outputs = draw.between(1, 90);
    const sliced_maps in{draw, samples, {inputs, 1, 1}};
    const sliced_maps d_out{draw, samples, {outputs, 1, 1}};
    const random_rule before{draw, inputs};
    const random_rule after{draw, outputs};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(inputs * outputs));
    const device_maps in_there{in}, d_out_there{d_out};
    const device_rule before_there{*before, inputs}, after_there{*after, outputs};
    const device_floats weights_there{weights};
    check_maps(
      "out", sliced_maps<float>{draw, samples, {outputs, 1, 1}, false}, 2 * tolerance(inputs),
      [&](view<float> out) { reference_linear::linear({}, *in, *before, weights.data(), *after, out); },
      [&](view<float> out) { cuda::linear({}, *in_there, *before_there, weights_there.data(), *after_there, out); });
    check_maps(
      "d_in", sliced_maps{draw, samples, {inputs, 1, 1}}, tolerance(outputs),
      [&](view<float> d_in) { reference_linear::linear_gradient_of_input({}, *d_out, weights.data(), d_in); },
      [&](view<float> d_in) { cuda::linear_gradient_of_input({}, *d_out_there, weights_there.data(), d_in); });
    std::vector<float> d_weights = weights;
    reference_linear::linear_gradient_of_weights({}, *in, *before, *d_out, d_weights.data());
    cuda::linear_gradient_of_weights({}, *in_there, *before_there, *d_out_there, weights_there.data());
    check_close("d_weights", weights_there.numbers(), d_weights, tolerance(samples));
  }
}

TEST_CASE("cuda's gradient of a bias is the reference's", "[cuda]")
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    drawing draw{seed};
    const sliced_maps d_out{draw, draw.between(1, 4), draw.shape(20, 30)};
    std::vector<float> expected = draw.numbers(static_cast<std::size_t>((*d_out).shape.channels));
    const device_floats found{expected};
    reference_linear::gradient_of_bias({}, *d_out, expected.data());
    cuda::gradient_of_bias({}, *device_maps{d_out}, found.data());
    check_close("d_bias", found.numbers(), expected, 1e-5);  // a rounding of sums near sqrt(3600)
  }
}

TEST_CASE("cuda refuses extents that do not follow, and too little scratch", "[cuda]")
{
  if (!has_device()) return;
  const auto maps = view<float>::packed(nullptr, 1, {1, 4, 4});
  const auto other = view<float>::packed(nullptr, 1, {1, 8, 2});
  const read_norm<float> read{.maps = maps, .rule = {}};
  const auto refused = [](auto&& work) { return refuses(thorax::error_code::does_not_fit, "", work); };
  CHECK(refused([&] { cuda::convolution({}, maps, {}, nullptr, {3, 1, 0}, {}, maps); }));
  CHECK(refused([&] { cuda::linear({}, maps, {}, nullptr, {}, maps); }));
  CHECK(refused([&] { cuda::convolution_gradient_through_norm({}, other, nullptr, {3, 1, 1}, read, nullptr, maps); }));
  CHECK(refuses(thorax::error_code::does_not_fit, "scratch", [&] {
    cuda::convolution_gradient_through_norm({}, maps, nullptr, {3, 1, 1}, read, nullptr, maps);
  }));
}
