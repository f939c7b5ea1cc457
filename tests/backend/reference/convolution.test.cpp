// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/convolution.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/normalization.hpp>

#include <cmath>  // abs
#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_convolution;
using thorax::reference_normalization;
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

TEST_CASE("a convolution's gradient through a norm is that of its input, carried on by the norm", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    problem some{seed};
    drawing draw{seed + 2000};
    const auto channels = static_cast<std::size_t>(some.in.channels);
    const std::vector<double> scale = draw.numbers<double>(channels);
    const std::vector<double> shift = draw.numbers<double>(channels);
    const std::vector<double> mean = draw.numbers<double>(channels);
    const read_norm<double> read{some.input(), {scale.data(), shift.data(), draw.yes()}, mean.data()};
    const auto d_out = view<double>::packed(some.d_out.data(), some.samples, some.out);
    const std::size_t films = static_cast<std::size_t>(some.samples);
    const auto packed = [&](std::vector<double>& numbers) {
      return view<double>::packed(numbers.data(), some.samples, some.in);
    };
    std::vector<double> arriving(some.maps.size());
    reference_convolution::convolution_gradient_of_input({}, d_out, some.weights.data(), some.moving,
                                                         packed(arriving));
    std::vector<double> expected(some.maps.size(), 1);
    std::vector<norm_sums> expected_sums(films * channels);
    reference_normalization::norm_gradient({}, read, packed(arriving), expected_sums.data(), packed(expected));
    for (const bool wanted : {true, false}) {
      std::vector<double> found(some.maps.size(), 1);
      std::vector<norm_sums> sums(films * channels, {1000, 1000});
      reference_convolution::convolution_gradient_through_norm(
        {}, d_out, some.weights.data(), some.moving, read, sums.data(), wanted ? packed(found) : view<double>{});
      // Sums of products below 1000 in double, whose products and sums a compiler may fuse.
      check_close("d_in through a norm in double", found, wanted ? expected : std::vector<double>(found.size(), 1),
                  1e-10);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        CHECK(std::abs(sums[i].arriving - expected_sums[i].arriving) <= 1e-10);
        CHECK(std::abs(sums[i].leaning - expected_sums[i].leaning) <= 1e-10);
      }
    }
  }
}

TEST_CASE("a convolution whose output does not follow from its input is refused", "[backend]")
{
  std::vector<double> numbers(16);
  const auto maps = view<double>::packed(numbers.data(), 1, {1, 4, 4});
  CHECK_THROWS_AS(reference_convolution::convolution({}, maps, {}, numbers.data(), {3, 1, 0}, {}, maps),
                  thorax::error);
  std::vector<double> given(16, 1);
  norm_sums sums{3, 3};
  const read_norm<double> read{maps, {given.data(), given.data(), false}, given.data()};
  const auto carry = [&](const window& moving, const view<double>& d_in) {
    reference_convolution::convolution_gradient_through_norm({}, maps, given.data(), moving, read, &sums, d_in);
  };
  CHECK_THROWS_AS(carry({3, 1, 0}, maps), thorax::error);
  CHECK_THROWS_AS(carry({3, 1, 1}, view<double>::packed(numbers.data(), 1, {1, 8, 2})), thorax::error);
  CHECK(sums.arriving == 3);
}
