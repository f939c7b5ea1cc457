// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/convolution.hpp>

#include "support/random_maps.hpp"

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::reference_convolution;
using thorax::view;
using thorax::window;

namespace {

struct problem {
  int samples{};
  extents in{};
  window moving{};
  extents out{};
  std::vector<double> maps;
  std::vector<double> weights;
  std::vector<double> d_out;

  explicit problem(std::uint64_t seed)
  {
    drawing draw{seed};
    samples = draw.between(1, 2);
    in = draw.shape(3, 6);
    moving = draw.moving(in, 4);
    out = {draw.between(1, 3), moving.places(in.height), moving.places(in.width)};
    maps = draw.numbers<double>(static_cast<std::size_t>(samples) * in.size());
    weights =
      draw.numbers<double>(static_cast<std::size_t>(out.channels * in.channels * moving.kernel * moving.kernel));
    d_out = draw.numbers<double>(static_cast<std::size_t>(samples) * out.size());
  }

  view<double> input() { return view<double>::packed(maps.data(), samples, in); }

  double loss(const thorax::activation_rule<double>& before)
  {
    std::vector<double> result(d_out.size());
    reference_convolution::convolution({}, input(), before, weights.data(), moving, {},
                                       view<double>::packed(result.data(), samples, out));
    return product_of(result, d_out);
  }
};

}  // namespace

TEST_CASE("a convolution is the sum written down, with zeros around the activated maps", "[backend]")
{
  // One 2x2 map, rule 2x + 1, kernel 3 with padding 1; worked out by hand.
  const std::vector<double> maps{1, -2, 3, 0};
  const std::vector<double> weights{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const double two = 2;
  const double one = 1;
  const double shift = -100;
  std::vector<double> result(4);
  const auto in = view<const double>::packed(maps.data(), 1, {1, 2, 2});
  const auto out = view<double>::packed(result.data(), 1, {1, 2, 2});
  // activated: 3 -3 / 7 1
  reference_convolution::convolution({}, in, {&two, &one, false}, weights.data(), {3, 1, 1}, {}, out);
  CHECK(result == std::vector<double>{3 * 5 - 3 * 6 + 7 * 8 + 1 * 9, 3 * 4 - 3 * 5 + 7 * 7 + 1 * 8,
                                      3 * 2 - 3 * 3 + 7 * 5 + 1 * 6, 3 * 1 - 3 * 2 + 7 * 4 + 1 * 5});
  reference_convolution::convolution({}, in, {&two, &one, true}, weights.data(), {3, 1, 1},
                                     {nullptr, &shift, true}, out);
  CHECK(result == std::vector<double>{0, 0, 0, 0});
}

TEST_CASE("strides skip places and padding moves them", "[backend]")
{
  const std::vector<double> maps{1, 2, 3, 4, 5};
  const double weight = 1;
  std::vector<double> result(3);
  reference_convolution::convolution({}, view<const double>::packed(maps.data(), 1, {1, 1, 5}), {}, &weight,
                                     {1, 2, 0}, {}, view<double>::packed(result.data(), 1, {1, 1, 3}));
  CHECK(result == std::vector<double>{1, 3, 5});
}

TEST_CASE("the gradient of convolution weights is what central differences say", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    problem some{seed};
    drawing draw{seed + 1000};
    const random_rule<double> before{draw, some.in.channels};
    std::vector<double> gradient(some.weights.size());
    reference_convolution::convolution_gradient_of_weights(
      {}, some.input(), *before, view<double>::packed(some.d_out.data(), some.samples, some.out), some.moving,
      gradient.data());
    check_gradient("d_weights", some.weights, gradient, [&] { return some.loss(*before); });
  }
}

TEST_CASE("the gradient of a convolution's input is what central differences say, added to what was there",
          "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    problem some{seed};
    std::vector<double> gradient(some.maps.size(), 1);
    reference_convolution::convolution_gradient_of_input(
      {}, view<double>::packed(some.d_out.data(), some.samples, some.out), some.weights.data(), some.moving,
      view<double>::packed(gradient.data(), some.samples, some.in));
    for (double& each : gradient) each -= 1;
    check_gradient("d_activated", some.maps, gradient, [&] { return some.loss({}); });
  }
}

TEST_CASE("a convolution whose output does not follow from its input is refused", "[backend]")
{
  std::vector<double> numbers(16);
  const auto maps = view<double>::packed(numbers.data(), 1, {1, 4, 4});
  CHECK_THROWS_AS(reference_convolution::convolution({}, maps, {}, numbers.data(), {3, 1, 0}, {}, maps),
                  thorax::error);
}
