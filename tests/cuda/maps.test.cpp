// SPDX-License-Identifier: MIT
//
// What the backend cuda does number by number, pixel by pixel and window by window, against the reference.

#include "support/on_device.hpp"
#include "support/refuses.hpp"

#include <thorax/backend/reference/reference.hpp>

#include <cmath>
#include <vector>

using namespace thorax::tests;
using thorax::cuda;
using thorax::extents;
using thorax::random_stream;
using thorax::reference;
using thorax::view;
using thorax::window;

namespace {

// Results near 8 at most: a few roundings of these.
constexpr double few_roundings = 32 * float_rounding;

struct problem {
  int samples;
  extents shape;
  sliced_maps<float> in;
  random_rule<float> before;
  device_maps in_there;
  device_rule before_there;

  problem(drawing& draw, extents wanted)
    : samples{draw.between(1, 4)}, shape{wanted}, in{draw, samples, shape}, before{draw, shape.channels}, in_there{in},
      before_there{*before, shape.channels}
  {
  }
};

template<class Check>
void for_each_problem(Check&& check)
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const extents shape = draw.shape(20, 20);
    check(draw, problem{draw, shape});
  }
}

}  // namespace

TEST_CASE("cuda's activation and its gradient are the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    check_maps(
      "activated", sliced_maps<float>{draw, some.samples, some.shape, false}, few_roundings,
      [&](view<float> out) { reference::activation({}, *some.in, *some.before, out); },
      [&](view<float> out) { cuda::activation({}, *some.in_there, *some.before_there, out); });
    const sliced_maps arriving{draw, some.samples, some.shape};
    const device_maps there{arriving};
    check_maps(
      "d_in", sliced_maps{draw, some.samples, some.shape}, few_roundings,
      [&](view<float> d_in) { reference::activation_gradient({}, *some.in, *some.before, *arriving, d_in); },
      [&](view<float> d_in) { cuda::activation_gradient({}, *some.in_there, *some.before_there, *there, d_in); });
  });
}

TEST_CASE("cuda's pools and their gradients are the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const window moving = draw.moving(some.shape, 4);
    const extents made = moving.places(some.shape);
    const sliced_maps arriving{draw, some.samples, made};
    const device_maps there{arriving};
    check_maps(
      "largest", sliced_maps<float>{draw, some.samples, made, false}, few_roundings,
      [&](view<float> out) { reference::max_pool({}, *some.in, *some.before, moving, out); },
      [&](view<float> out) { cuda::max_pool({}, *some.in_there, *some.before_there, moving, out); });
    check_maps(
      "d_in of the largest", sliced_maps{draw, some.samples, some.shape}, few_roundings,
      [&](view<float> d_in) { reference::max_pool_gradient({}, *some.in, *some.before, moving, *arriving, d_in); },
      [&](view<float> d_in) {
        cuda::max_pool_gradient({}, *some.in_there, *some.before_there, moving, *there, d_in);
      });
    if (moving.padding != 0) return;
    check_maps(
      "means", sliced_maps<float>{draw, some.samples, made, false}, few_roundings,
      [&](view<float> out) { reference::average_pool({}, *some.in, *some.before, moving, out); },
      [&](view<float> out) { cuda::average_pool({}, *some.in_there, *some.before_there, moving, out); });
    check_maps(
      "d_in of the means", sliced_maps{draw, some.samples, some.shape}, few_roundings,
      [&](view<float> d_in) { reference::average_pool_gradient({}, *arriving, moving, d_in); },
      [&](view<float> d_in) { cuda::average_pool_gradient({}, *there, moving, d_in); });
  });
}

TEST_CASE("of equal numbers in overlapping windows cuda's gradient chooses the first, as the reference does", "[cuda]")
{
  if (!has_device()) return;
  drawing draw{3};
  const sliced_maps in{draw, 2, {3, 9, 8}};
  for (int n = 0; n < 2; ++n)
    for (std::size_t i = 0; i < 3 * 9 * 8; ++i) (*in).sample(n)[i] = std::round((*in).sample(n)[i]);
  (*in)(1, 2, 4, 4) = std::numeric_limits<float>::quiet_NaN();
  const window moving{3, 2, 1};
  const sliced_maps arriving{draw, 2, moving.places(extents{3, 9, 8})};
  const device_maps in_there{in}, there{arriving};
  check_maps(
    "d_in", sliced_maps{draw, 2, {3, 9, 8}}, few_roundings,
    [&](view<float> d_in) { reference::max_pool_gradient({}, *in, {}, moving, *arriving, d_in); },
    [&](view<float> d_in) { cuda::max_pool_gradient({}, *in_there, {}, moving, *there, d_in); });
  const device_maps out{sliced_maps<float>{draw, 2, moving.places(extents{3, 9, 8}), false}};
  cuda::max_pool({}, *in_there, {}, moving, *out);
  CHECK(std::isnan((*out.back())(1, 2, 2, 2)));
  CHECK_FALSE(std::isnan((*out.back())(1, 2, 1, 1)));
}

TEST_CASE("cuda's means of whole maps and their gradient are the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const extents one{some.shape.channels, 1, 1};
    const sliced_maps arriving{draw, some.samples, one};
    const device_maps there{arriving};
    check_maps(
      "means", sliced_maps<float>{draw, some.samples, one, false}, few_roundings,
      [&](view<float> out) { reference::global_average_pool({}, *some.in, *some.before, out); },
      [&](view<float> out) { cuda::global_average_pool({}, *some.in_there, *some.before_there, out); });
    check_maps(
      "d_in", sliced_maps{draw, some.samples, some.shape}, few_roundings,
      [&](view<float> d_in) { reference::global_average_pool_gradient({}, *arriving, d_in); },
      [&](view<float> d_in) { cuda::global_average_pool_gradient({}, *there, d_in); });
  });
}

TEST_CASE("cuda drops the numbers that the reference drops, bit for bit", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const auto rate = static_cast<float>(draw.uniform(0, 0.9));
    const random_stream lots{static_cast<std::uint64_t>(draw.between(0, 1000))};
    check_maps(
      "kept", sliced_maps<float>{draw, some.samples, some.shape, false}, 10 * few_roundings,
      [&](view<float> out) { reference::dropout({}, *some.in, *some.before, rate, lots, out); },
      [&](view<float> out) { cuda::dropout({}, *some.in_there, *some.before_there, rate, lots, out); });
    const sliced_maps arriving{draw, some.samples, some.shape};
    const device_maps there{arriving};
    check_maps(
      "d_in", sliced_maps{draw, some.samples, some.shape}, 10 * few_roundings,
      [&](view<float> d_in) { reference::dropout_gradient({}, rate, lots, *arriving, d_in); },
      [&](view<float> d_in) { cuda::dropout_gradient({}, rate, lots, *there, d_in); });
  });
}

TEST_CASE("cuda's softmax and sigmoid and their gradients are the reference's", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const auto both = [&](const char* what, auto&& on_host, auto&& on_device) {
      check_maps(what, sliced_maps{draw, some.samples, some.shape}, few_roundings, on_host, on_device);
    };
    both(
      "softmax", [&](view<float> out) { reference::softmax({}, *some.in, *some.before, out); },
      [&](view<float> out) { cuda::softmax({}, *some.in_there, *some.before_there, out); });
    both(
      "sigmoid", [&](view<float> out) { reference::sigmoid({}, *some.in, *some.before, out); },
      [&](view<float> out) { cuda::sigmoid({}, *some.in_there, *some.before_there, out); });
    const sliced_maps arriving{draw, some.samples, some.shape};
    const device_maps there{arriving};
    both(
      "d_in of softmax", [&](view<float> d_in) { reference::softmax_gradient({}, *some.in, *arriving, d_in); },
      [&](view<float> d_in) { cuda::softmax_gradient({}, *some.in_there, *there, d_in); });
    both(
      "d_in of sigmoid", [&](view<float> d_in) { reference::sigmoid_gradient({}, *some.in, *arriving, d_in); },
      [&](view<float> d_in) { cuda::sigmoid_gradient({}, *some.in_there, *there, d_in); });
  });
}

TEST_CASE("cuda's loss and its gradient are the reference's", "[cuda]")
{
  if (!has_device()) return;
  drawing draw{9};
  const sliced_maps logits{draw, 5, {3, 1, 1}};
  const sliced_maps start{draw, 5, {3, 1, 1}};
  const std::vector<int> findings{0, 2, 1, 1, 0};
  const std::vector<float> weights{1, 0.5F, 2, 1, 3};
  const sliced_maps expected{start};
  std::vector<float> losses(5), losses_there(5);
  const double loss =
    reference::weighted_cross_entropy<float>({}, *logits, findings, weights, 0.1F, *expected, losses);
  const device_maps logits_there{logits}, found{start};
  CHECK(cuda::weighted_cross_entropy({}, *logits_there, findings, weights, 0.1F, *found, losses_there) == loss);
  CHECK(losses_there == losses);
  check_close("d_logits", found.back(), expected, 0);
  CHECK(cuda::weighted_cross_entropy({}, *logits_there, findings, weights, 0.1F, {}, {}) == loss);
}

TEST_CASE("cuda's steps of Adam are the reference's", "[cuda]")
{
  if (!has_device()) return;
  drawing draw{9};
  std::vector<std::vector<float>> numbers(4);
  for (auto& each : numbers) each = draw.numbers(3001);
  for (float& each : numbers[3]) each = std::abs(each);
  const device_floats there[] = {device_floats{numbers[0]}, device_floats{numbers[1]}, device_floats{numbers[2]},
                                 device_floats{numbers[3]}};
  const auto span_of = [](const device_floats& each, std::size_t count = 3001) { return std::span{each.data(), count}; };
  for (std::int64_t step = 1; step <= 3; ++step) {
    reference::adam<float>({}, numbers[0], numbers[1], numbers[2], numbers[3], {.step = step});
    cuda::adam({}, span_of(there[0]), span_of(there[1]), span_of(there[2]), span_of(there[3]), {.step = step});
  }
  for (std::size_t k = 0; k < 4; ++k) check_close("numbers", there[k].numbers(), numbers[k], few_roundings);
  const auto refused = [](auto&& work) { return refuses(thorax::error_code::does_not_fit, "adam", work); };
  CHECK(refused([&] { cuda::adam({}, span_of(there[0]), span_of(there[1], 2), span_of(there[2]), span_of(there[3]), {}); }));
  CHECK(refused([&] {
    cuda::adam({}, span_of(there[0]), span_of(there[1]), span_of(there[2]), span_of(there[3]), {.step = 0});
  }));
}
