// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/predictor.hpp>

#include "support/random_pixels.hpp"

#include <thorax/backend/reference/convolution.hpp>
#include <thorax/backend/reference/pooling.hpp>
#include <thorax/backend/reference/sigmoid.hpp>
#include <thorax/backend/reference/softmax.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::activation_rule;
using thorax::each_pixel;
using thorax::extents;
using thorax::op;
using thorax::op_kind;
using thorax::reference_predictor;
using thorax::view;
using thorax::window;

namespace {

const float unknown = std::numeric_limits<float>::quiet_NaN();

op step_of(op_kind kind, extents in, int outputs, window moving = {}, window mean_before = {},
           window max_after = {})
{
  op made;
  made.kind = kind;
  made.in.shape = in;
  made.moving = moving;
  made.mean_before = mean_before;
  made.max_after = max_after;
  made.out.shape.channels = outputs;
  made.out.shape = max_after.places(made.convolved());
  if (kind == op_kind::global_average_pool) made.out.shape = {outputs, 1, 1};
  return made;
}

/// Runs an op on numbers that lie pixel by pixel.
std::vector<float> result_of(const op& step, const thorax::op_numbers& numbers, std::vector<float> in)
{
  std::vector<float> packed(reference_predictor::packed_floats(step));
  std::vector<float> scratch(reference_predictor::scratch_floats(step));
  std::vector<float> out(step.out.shape.size());
  reference_predictor::pack(step, numbers, packed.data());
  REQUIRE(in.size() == step.in.shape.size());
  const thorax::pixel_view<float> read{in.data(), step.in.shape, step.in.shape.channels};
  const thorax::pixel_view<float> written{out.data(), step.out.shape, step.out.shape.channels};
  thorax::predict_op(reference_predictor{}, {nullptr, scratch.data(), scratch.size()}, step, packed.data(), read,
                     written);
  return out;
}

/// An op's rule and numbers in double, or all made positive.
struct in_double {
  std::vector<double> scale;
  std::vector<double> shift;
  bool relu{};

  in_double(const activation_rule<float>& rule, int channels, bool positive) : relu{rule.relu && !positive}
  {
    const auto sized = [positive](double x) { return positive ? std::abs(x) : x; };
    for (int c = 0; c < channels; ++c) {
      scale.push_back(rule.scale == nullptr ? 1 : sized(double{rule.scale[c]}));
      shift.push_back(rule.shift == nullptr ? 0 : sized(double{rule.shift[c]}));
    }
  }
  activation_rule<double> rule() const { return {scale.data(), shift.data(), relu}; }
};

/// Planes of one sample in double.
struct planes {
  extents shape;
  std::vector<double> numbers;

  explicit planes(extents wanted) : shape{wanted}, numbers(wanted.size()) {}
  view<double> operator*() { return view<double>::packed(numbers.data(), 1, shape); }
};

/// The op by the kernels that train: one channel after the other, each pool a pass of its own.
planes by_planes(const drawn_op& drawn, const sliced_pixels& in, bool positive)
{
  const op& step = drawn.step;
  const auto sized = [positive](float x) { return positive ? std::abs(double{x}) : double{x}; };
  planes read{step.in.shape};
  thorax::for_each_number(*read, [&](int, int c, int y, int x) { (*read)(0, c, y, x) = sized((*in)(c, y, x)); });
  const in_double before{drawn.before(), step.in.shape.channels, positive};
  planes out{step.out.shape};
  switch (step.kind) {
  case op_kind::max_pool:
    thorax::reference_pooling::max_pool({}, *read, before.rule(), step.moving, *out);
    break;
  case op_kind::average_pool:
    thorax::reference_pooling::average_pool({}, *read, before.rule(), step.moving, *out);
    break;
  case op_kind::global_average_pool:
    thorax::reference_pooling::global_average_pool({}, *read, before.rule(), *out);
    break;
  case op_kind::softmax:
    thorax::reference_softmax::softmax({}, *read, before.rule(), *out);
    break;
  case op_kind::sigmoid:
    thorax::reference_sigmoid::sigmoid({}, *read, before.rule(), *out);
    break;
  default: {
    const in_double after{drawn.after(), step.out.shape.channels, positive};
    std::vector<double> weights;
    for (const float each : drawn.weights()) weights.push_back(sized(each));
    planes means{step.mean_before.places(step.in.shape)};
    planes made{step.convolved()};
    thorax::reference_pooling::average_pool({}, *read, before.rule(), step.mean_before, *means);
    thorax::reference_convolution::convolution({}, *means, {}, weights.data(), step.moving, after.rule(), *made);
    thorax::reference_pooling::max_pool({}, *made, {}, step.max_after, *out);
  }
  }
  return out;
}

/// returns:  the numbers pixel by pixel
template<class Number>
std::vector<Number> interleaved(planes maps)
{
  std::vector<Number> all;
  for (std::size_t p = 0; p < maps.shape.pixels(); ++p)
    for (int c = 0; c < maps.shape.channels; ++c) all.push_back(static_cast<Number>((*maps).channel(0, c)[p]));
  return all;
}

// Sums are in double. What is rounded to float is what is read (scaled, shifted, averaged), what comes out (scaled,
// shifted), and here what is expected: seven roundings of no more than the sum with all its addends positive. What is
// read for probabilities stays below 16 and is rounded twice, 32 half units of 1, and no probability moves as far.
void check_op(drawing& draw, const wanted_op& wanted)
{
  thorax::thread_pool one{1};
  const drawn_op drawn{draw, wanted};
  INFO(drawn.words());
  const sliced_pixels in{draw, drawn.step.in.shape};
  const sliced_pixels empty{draw, drawn.step.out.shape, false};
  std::vector<double> allowed = interleaved<double>(by_planes(drawn, in, true));
  for (double& each : allowed) each = (thorax::gives_probabilities(wanted.kind) ? 32 : 7 * each) * float_rounding;
  check_each("reference predictor", predicted(reference_predictor{}, one, drawn, in, empty).numbers(),
             interleaved<float>(by_planes(drawn, in, false)), allowed);
}

}  // namespace

TEST_CASE("a predicting convolution is the sum written down, with zeros around the activated maps", "[backend]")
{
  // Two channels, pixels (1, 10) (2, 20); the rule doubles the first and shifts the second below zero but once.
  const std::vector<float> scale{2, 1};
  const std::vector<float> shift{1, -15};
  const std::vector<float> weights{1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 1, 10, 100, 0, 0, 0};
  op step = step_of(op_kind::convolution, {2, 1, 2}, 1, {3, 1, 1});
  step.relu_before = true;  // read: (3, 0) (5, 5)
  const thorax::op_numbers numbers{weights.data(), {scale.data(), shift.data(), true}, {}};
  CHECK(result_of(step, numbers, {1, 10, 2, 20}) ==
        std::vector<float>{5 * 3 + 6 * 5 + 100 * 5, 4 * 3 + 5 * 5 + 10 * 5});
  const float bias = -200;
  step.relu_after = true;
  CHECK(result_of(step, {weights.data(), numbers.before, {nullptr, &bias, true}}, {1, 10, 2, 20}) ==
        std::vector<float>{345, 0});
}

TEST_CASE("a convolution averages what it activated before it multiplies", "[backend]")
{
  const std::vector<float> weights{10, -1};
  const float shift = -2;
  op step = step_of(op_kind::convolution, {1, 2, 5}, 2, each_pixel, {2, 2, 0});
  CHECK(step.out.shape == extents{2, 1, 2});
  step.relu_before = true;  // the ninth and tenth number lie under no window
  const std::vector<float> in{1, 2, 3, 4, unknown, 5, 6, 7, 8, unknown};  // less two: 0 0 1 2 / 3 4 5 6
  CHECK(result_of(step, {weights.data(), {nullptr, &shift, true}, {}}, in) ==
        std::vector<float>{70.F / 4, -7.F / 4, 140.F / 4, -14.F / 4});
}

TEST_CASE("a convolution writes the largest of what it activated, and beyond its maps there is nothing",
          "[backend]")
{
  const float weight = -1;
  const float bias = -3;
  const op step = step_of(op_kind::convolution, {1, 1, 4}, 1, each_pixel, {}, {3, 2, 1});
  CHECK(step.convolved() == extents{1, 1, 4});
  CHECK(step.out.shape == extents{1, 1, 2});
  CHECK(result_of(step, {&weight, {}, {nullptr, &bias, false}}, {4, 1, 2, 7}) == std::vector<float>{-4, -4});
  CHECK(result_of(step, {&weight, {}, {}}, {4, 3, 2, 1}) == std::vector<float>{-3, -1});
}

TEST_CASE("predicting pools see what the rule makes of the maps", "[backend]")
{
  const std::vector<float> scale{-1, 1};
  const std::vector<float> shift{0, -4};
  const thorax::op_numbers numbers{nullptr, {scale.data(), shift.data(), false}, {}};
  const std::vector<float> in{1, 2, 3, 4, 5, 6};  // three pixels: (-1, -2) (-3, 0) (-5, 2)
  CHECK(result_of(step_of(op_kind::max_pool, {2, 1, 3}, 2, {2, 1, 1}), numbers, in) ==
        std::vector<float>{-1, -2, -1, 0, -3, 2, -5, 2, -1, -2, -1, 0, -3, 2, -5, 2});
  CHECK(result_of(step_of(op_kind::average_pool, {2, 1, 3}, 2, {1, 2, 0}), numbers, in) ==
        std::vector<float>{-1, -2, -5, 2});
  CHECK(result_of(step_of(op_kind::global_average_pool, {2, 1, 3}, 2), numbers, in) == std::vector<float>{-3, 0});
  CHECK(result_of(step_of(op_kind::activation, {2, 1, 3}, 2), numbers, in) ==
        std::vector<float>{-1, -2, -3, 0, -5, 2});
}

TEST_CASE("predicted probabilities are those of each pixel's channels", "[backend]")
{
  const float third = std::log(3.0F);
  const std::vector<float> in{0, third, 1000, 1000};
  const std::vector<float> softmax = result_of(step_of(op_kind::softmax, {2, 1, 2}, 2), {}, in);
  const std::vector<float> sigmoid = result_of(step_of(op_kind::sigmoid, {2, 1, 2}, 2), {}, in);
  check_close("softmax by hand", softmax, {.25F, .75F, .5F, .5F}, 2 * float_rounding);  // log 3 is rounded, too
  check_close("sigmoid by hand", sigmoid, {.5F, .75F, 1, 1}, 2 * float_rounding);
}

TEST_CASE("what is not a number stays so in every predicted op, wherever it lies in a window", "[backend]")
{
  for (std::size_t place = 0; place < 4; ++place) {
    INFO("place " << place);
    std::vector<float> in{1, 2, 3, 4, 5};
    in[place] = unknown;
    const float weight = 1;
    const extents shape{1, 1, 5};
    const auto first_is_nan = [&](op step) {
      step.relu_before = true;
      step.relu_after = true;
      return std::isnan(
        result_of(step, {&weight, {nullptr, nullptr, true}, {nullptr, nullptr, true}}, in).front());
    };
    CHECK(first_is_nan(step_of(op_kind::max_pool, shape, 1, {8, 1, 4})));
    CHECK(first_is_nan(step_of(op_kind::convolution, shape, 1, each_pixel, {}, {8, 1, 4})));
    CHECK(first_is_nan(step_of(op_kind::average_pool, shape, 1, {8, 1, 4})));
    CHECK(first_is_nan(step_of(op_kind::convolution, shape, 1, each_pixel, {8, 1, 4})));
    CHECK(first_is_nan(step_of(op_kind::global_average_pool, shape, 1)));
    CHECK(first_is_nan(step_of(op_kind::softmax, {5, 1, 1}, 5)));
    CHECK(std::isnan(result_of(step_of(op_kind::sigmoid, shape, 1), {}, in)[place]));
    CHECK(std::isnan(result_of(step_of(op_kind::activation, shape, 1), {}, in)[place]));
  }
}

TEST_CASE("a predicting convolution is the one that trains between two pools, on random extents", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    wanted_op wanted{op_kind::convolution, draw.shape(9, 14), draw.between(1, 9)};
    const int kernel = draw.between(1, std::min({3, wanted.in.height, wanted.in.width}));
    if (draw.yes()) wanted.mean_before = {kernel, draw.between(1, 3), 0};
    wanted.moving = draw.moving(wanted.mean_before.places(wanted.in));
    if (draw.yes()) wanted.max_after = draw.moving(wanted.moving.places(wanted.mean_before.places(wanted.in)), 4);
    check_op(draw, wanted);
  }
}

TEST_CASE("predicting layers without weights are those that train, on random extents", "[backend]")
{
  for (const op_kind kind : {op_kind::max_pool, op_kind::average_pool, op_kind::global_average_pool,
                             op_kind::sigmoid, op_kind::softmax})
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      INFO("seed " << seed);
      drawing draw{seed};
      wanted_op wanted{kind, draw.shape(9, 14)};
      const int kernel = draw.between(1, std::min({3, wanted.in.height, wanted.in.width}));
      if (kind == op_kind::max_pool) wanted.moving = draw.moving(wanted.in, 5);
      if (kind == op_kind::average_pool) wanted.moving = {kernel, draw.between(1, 3), 0};
      check_op(draw, wanted);
    }
}

TEST_CASE("a predicting linear layer is a convolution of one pixel", "[backend]")
{
  drawing draw{3};
  for (int i = 0; i < 20; ++i)
    check_op(draw, {op_kind::linear, {draw.between(1, 200), 1, 1}, draw.between(1, 20)});
}
