// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/activation.hpp>

#include "support/random_maps.hpp"

#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::reference_activation;
using thorax::view;

TEST_CASE("an activation scales, shifts and cuts each channel by its own numbers", "[backend]")
{
  const std::vector<double> maps{1, -1, 2, -2};
  const std::vector<double> scale{2, -1};
  const std::vector<double> shift{1, 0};
  std::vector<double> out(4);
  const auto read = view<const double>::packed(maps.data(), 1, {2, 1, 2});
  const auto write = view<double>::packed(out.data(), 1, {2, 1, 2});
  reference_activation::activation({}, read, {scale.data(), shift.data(), false}, write);
  CHECK(out == std::vector<double>{3, -1, -2, 2});
  reference_activation::activation({}, read, {scale.data(), shift.data(), true}, write);
  CHECK(out == std::vector<double>{3, 0, 0, 2});
  reference_activation::activation({}, read, {}, write);
  CHECK(out == maps);
}

TEST_CASE("an activation leaves a NaN a NaN", "[backend]")
{
  double number = std::numeric_limits<double>::quiet_NaN();
  const auto same = view<double>::packed(&number, 1, {1, 1, 1});
  reference_activation::activation({}, same, {nullptr, nullptr, true}, same);
  CHECK(number != number);
}

TEST_CASE("the gradient of any rule is what central differences say, added to what was there", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 3);
    const extents shape = draw.shape(4, 4);
    const random_rule<double> rule{draw, shape.channels};
    std::vector<double> maps = draw.numbers<double>(static_cast<std::size_t>(samples) * shape.size());
    std::vector<double> d_out = draw.numbers<double>(maps.size());
    const auto packed = [&](std::vector<double>& numbers) {
      return view<double>::packed(numbers.data(), samples, shape);
    };
    std::vector<double> gradient(maps.size(), 2);
    reference_activation::activation_gradient({}, packed(maps), *rule, packed(d_out), packed(gradient));
    for (double& each : gradient) each -= 2;
    check_gradient("d_in", maps, gradient, [&] {
      std::vector<double> result(maps.size());
      reference_activation::activation({}, packed(maps), *rule, packed(result));
      return product_of(result, d_out);
    });
  }
}

TEST_CASE("nothing flows back through a ReLU at exactly 0", "[backend]")
{
  double number = 0;
  double d_out = 1;
  double d_in = 0;
  const auto one = [](double& at) { return view<double>::packed(&at, 1, {1, 1, 1}); };
  reference_activation::activation_gradient({}, one(number), {nullptr, nullptr, true}, one(d_out), one(d_in));
  CHECK(d_in == 0);
}
