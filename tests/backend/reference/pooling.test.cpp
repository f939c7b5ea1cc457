// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/pooling.hpp>

#include "support/random_maps.hpp"

#include <cmath>  // isnan
#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::reference_pooling;
using thorax::view;
using thorax::window;

namespace {

view<double> packed(std::vector<double>& numbers, int samples, extents shape)
{
  return view<double>::packed(numbers.data(), samples, shape);
}

}  // namespace

TEST_CASE("a max pool takes the largest cell of each window and never the padding", "[backend]")
{
  std::vector<double> maps{-1, -2, -3, -4, -5, -6, -7, -8, -9};
  std::vector<double> out(4);
  reference_pooling::max_pool({}, packed(maps, 1, {1, 3, 3}), {}, {3, 2, 1}, packed(out, 1, {1, 2, 2}));
  CHECK(out == std::vector<double>{-1, -2, -4, -5});
}

TEST_CASE("the gradient of a max pool goes to the first of equal cells", "[backend]")
{
  std::vector<double> maps{7, 7, 1, 7};
  std::vector<double> d_out{5};
  std::vector<double> d_in{1, 1, 1, 1};
  reference_pooling::max_pool_gradient({}, packed(maps, 1, {1, 2, 2}), {}, {2, 2, 0}, packed(d_out, 1, {1, 1, 1}),
                                       packed(d_in, 1, {1, 2, 2}));
  CHECK(d_in == std::vector<double>{6, 1, 1, 1});
}

TEST_CASE("a NaN is the largest of its window", "[backend]")
{
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t place = 0; place < 4; ++place) {
    std::vector<double> maps{1, 2, 3, 4};
    maps[place] = nan;
    std::vector<double> out(1);
    reference_pooling::max_pool({}, packed(maps, 1, {1, 2, 2}), {nullptr, nullptr, true}, {2, 2, 0},
                                packed(out, 1, {1, 1, 1}));
    CHECK(std::isnan(out[0]));
  }
}

TEST_CASE("average pools leave out what no window reaches", "[backend]")
{
  std::vector<double> maps{1, 2, 100, 3, 6, 100, 100, 100, 100};
  std::vector<double> out(1);
  reference_pooling::average_pool({}, packed(maps, 1, {1, 3, 3}), {}, {2, 2, 0}, packed(out, 1, {1, 1, 1}));
  CHECK(out[0] == 3);
  maps[8] = -500;
  reference_pooling::global_average_pool({}, packed(maps, 1, {1, 3, 3}), {nullptr, nullptr, true},
                                         packed(out, 1, {1, 1, 1}));
  CHECK(std::abs(out[0] - 412.0 / 9) < 1e-12);
}

TEST_CASE("the gradients of pools are what central differences say", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 2);
    const extents in = draw.shape(3, 7);
    const window moving = draw.moving(in, 4);
    const window inner{std::min({moving.kernel, in.height, in.width}), moving.stride, 0};
    const random_rule<double> rule{draw, in.channels};
    std::vector<double> maps = draw.numbers<double>(static_cast<std::size_t>(samples) * in.size());
    const auto check = [&](const char* what, extents out, auto&& forward, auto&& backward) {
      std::vector<double> d_out = draw.numbers<double>(static_cast<std::size_t>(samples) * out.size());
      std::vector<double> gradient(maps.size());
      backward(packed(d_out, samples, out), packed(gradient, samples, in));
      check_gradient(what, maps, gradient, [&] {
        std::vector<double> result(d_out.size());
        forward(packed(result, samples, out));
        return product_of(result, d_out);
      });
    };
    const auto read = packed(maps, samples, in);
    check(
      "max pool", {in.channels, moving.places(in.height), moving.places(in.width)},
      [&](auto out) { reference_pooling::max_pool({}, read, {}, moving, out); },
      [&](auto d_out, auto d_in) { reference_pooling::max_pool_gradient({}, read, {}, moving, d_out, d_in); });
    check(
      "average pool", {in.channels, inner.places(in.height), inner.places(in.width)},
      [&](auto out) { reference_pooling::average_pool({}, read, {}, inner, out); },
      [&](auto d_out, auto d_in) { reference_pooling::average_pool_gradient({}, d_out, inner, d_in); });
    check(
      "global average pool", {in.channels, 1, 1},
      [&](auto out) { reference_pooling::global_average_pool({}, read, {}, out); },
      [&](auto d_out, auto d_in) { reference_pooling::global_average_pool_gradient({}, d_out, d_in); });
  }
}

TEST_CASE("the gradient of a max pool follows the rule before it", "[backend]")
{
  std::vector<double> maps{1, -4};
  std::vector<double> d_out{3};
  std::vector<double> d_in{0, 0};
  const double turned = -1;
  reference_pooling::max_pool_gradient({}, packed(maps, 1, {1, 1, 2}), {&turned, nullptr, false}, {3, 3, 1},
                                       packed(d_out, 1, {1, 1, 1}), packed(d_in, 1, {1, 1, 2}));
  CHECK(d_in == std::vector<double>{0, 3});
}

TEST_CASE("pools refuse windows without a cell, padded averages and means of another size", "[backend]")
{
  std::vector<double> numbers(16);
  const auto maps = packed(numbers, 1, {1, 2, 2});
  CHECK_THROWS_AS(reference_pooling::max_pool({}, maps, {}, {1, 1, 1}, packed(numbers, 1, {1, 4, 4})),
                  thorax::error);
  CHECK_THROWS_AS(reference_pooling::average_pool({}, maps, {}, {2, 1, 1}, packed(numbers, 1, {1, 3, 3})),
                  thorax::error);
  CHECK_THROWS_AS(reference_pooling::global_average_pool({}, maps, {}, maps), thorax::error);
}
