// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/linear.hpp>

#include "support/random_maps.hpp"

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::reference_linear;
using thorax::view;

TEST_CASE("a linear layer is a matrix times the activated numbers, plus a bias", "[backend]")
{
  const std::vector<double> in{1, -2, 3};
  const std::vector<double> weights{1, 2, 3, -1, 0, 1};
  const std::vector<double> bias{0.5, -10};
  std::vector<double> out(2);
  reference_linear::linear({}, view<const double>::packed(in.data(), 1, {3, 1, 1}), {nullptr, nullptr, true},
                           weights.data(), {nullptr, bias.data(), true},
                           view<double>::packed(out.data(), 1, {2, 1, 1}));
  CHECK(out == std::vector<double>{10.5, 0});
}

TEST_CASE("the gradients of a linear layer are what central differences say", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 4);
    const extents in{draw.between(1, 9), 1, 1};
    const extents out{draw.between(1, 5), 1, 1};
    const random_rule<double> before{draw, in.channels};
    std::vector<double> numbers = draw.numbers<double>(static_cast<std::size_t>(samples) * in.size());
    std::vector<double> weights = draw.numbers<double>(in.size() * out.size());
    std::vector<double> bias = draw.numbers<double>(out.size());
    std::vector<double> d_out = draw.numbers<double>(static_cast<std::size_t>(samples) * out.size());
    const auto read = view<double>::packed(numbers.data(), samples, in);
    const auto arriving = view<double>::packed(d_out.data(), samples, out);
    const auto loss = [&](const thorax::activation_rule<double>& rule) {
      std::vector<double> result(d_out.size());
      reference_linear::linear({}, read, rule, weights.data(), {nullptr, bias.data(), false},
                               view<double>::packed(result.data(), samples, out));
      return product_of(result, d_out);
    };

    std::vector<double> d_weights(weights.size());
    reference_linear::linear_gradient_of_weights({}, read, *before, arriving, d_weights.data());
    check_gradient("d_weights", weights, d_weights, [&] { return loss(*before); });
    std::vector<double> d_bias(bias.size());
    reference_linear::gradient_of_bias({}, arriving, d_bias.data());
    check_gradient("d_bias", bias, d_bias, [&] { return loss(*before); });
    std::vector<double> d_in(numbers.size());
    reference_linear::linear_gradient_of_input({}, arriving, weights.data(),
                                               view<double>::packed(d_in.data(), samples, in));
    check_gradient("d_activated", numbers, d_in, [&] { return loss({}); });
  }
}

TEST_CASE("gradients of a linear layer add to what their results hold", "[backend]")
{
  const double number = 3;
  const double weight = 5;
  double d_weight = 100;
  double d_bias = 100;
  double d_in = 100;
  const double d_out = 2;
  const auto in = view<const double>::packed(&number, 1, {1, 1, 1});
  const auto arriving = view<const double>::packed(&d_out, 1, {1, 1, 1});
  reference_linear::linear_gradient_of_weights({}, in, {}, arriving, &d_weight);
  reference_linear::gradient_of_bias({}, arriving, &d_bias);
  reference_linear::linear_gradient_of_input({}, arriving, &weight, view<double>::packed(&d_in, 1, {1, 1, 1}));
  CHECK(d_weight == 106);
  CHECK(d_bias == 102);
  CHECK(d_in == 110);
}

TEST_CASE("a linear layer on maps larger than 1x1 is refused", "[backend]")
{
  std::vector<double> numbers(4);
  const auto maps = view<double>::packed(numbers.data(), 1, {1, 2, 2});
  CHECK_THROWS_AS(reference_linear::linear({}, maps, {}, numbers.data(), {}, maps), thorax::error);
}
