// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/pooling.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/pooling.hpp>

#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::cpu_pooling;
using thorax::extents;
using thorax::reference_pooling;
using thorax::view;
using thorax::window;
using thorax::workers;

namespace {

// A mean of k numbers below 12 gathers k roundings of partial sums; in practice far less.
double tolerance(std::size_t cells) { return 12 * (static_cast<double>(cells) + 4) * float_rounding; }

struct problem {
  int samples;
  extents in;
  window moving;

  extents out() const { return {in.channels, moving.places(in.height), moving.places(in.width)}; }
};

/// Calls `check(draw, problem)` for random maps, with padding for max pools and without for average pools.
template<class Check>
void for_each_problem(bool padded, Check&& check)
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    problem some{draw.between(1, 4), draw.shape(40, 31), {}};
    some.moving = draw.moving(some.in, 5);
    if (!padded)
      some.moving = {std::min({some.moving.kernel, some.in.height, some.in.width}), some.moving.stride, 0};
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << ", kernel " << some.moving.kernel << ", stride " << some.moving.stride
                 << ", padding " << some.moving.padding);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("the cpu's max pool is the reference's", "[backend]")
{
  for_each_problem(true, [](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps<float> empty{draw, some.samples, some.out(), false};
    const auto found = on_any_threads("out", empty, 0, [&](const workers& w, auto& out) {
      cpu_pooling::max_pool(w, *in, *before, some.moving, *out);
    });
    const auto expected{empty};
    reference_pooling::max_pool({}, *in, *before, some.moving, *expected);
    check_close("out", found, expected, tolerance(1));  // the rule may be one fused operation or two
  });
}

TEST_CASE("the cpu's gradient of a max pool is the reference's, on maps full of equal numbers", "[backend]")
{
  for_each_problem(true, [](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    for (int n = 0; n < some.samples; ++n)
      for (std::size_t i = 0; i < some.in.size(); ++i)
        (*in).sample(n)[i] = static_cast<float>(draw.between(-2, 2));
    const bool relu = draw.yes();
    const sliced_maps d_out{draw, some.samples, some.out()};
    const sliced_maps start{draw, some.samples, some.in};
    const auto found = on_any_threads("d_activated", start, 0, [&](const workers& w, auto& result) {
      cpu_pooling::max_pool_gradient(w, *in, {nullptr, nullptr, relu}, some.moving, *d_out, *result);
    });
    const auto expected{start};
    reference_pooling::max_pool_gradient({}, *in, {nullptr, nullptr, relu}, some.moving, *d_out, *expected);
    check_close("d_activated", found, expected, 0);  // the same additions in the same order
  });
}

TEST_CASE("the cpu's gradient of a max pool goes where the reference's does on wide maps with NaN and infinities",
          "[backend]")
{
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float values[]{-infinity, -infinity, -1, 0, 0, 1, 1, infinity, std::numeric_limits<float>::quiet_NaN()};
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    const extents shape{draw.between(1, 3), draw.between(1, 9), draw.between(1, 300)};
    problem some{draw.between(1, 2), shape, draw.moving(shape, 5)};
    if (seed % 3 == 0) some.moving = {3, 1 + static_cast<int>(seed % 2), 1};
    INFO("seed " << seed << ": " << shape.channels << " x " << shape.height << " x " << shape.width << ", kernel "
                 << some.moving.kernel << ", stride " << some.moving.stride << ", padding "
                 << some.moving.padding);
    const sliced_maps in{draw, some.samples, some.in};
    const int most = draw.between(1, 8);  // the first two values alone, -infinity everywhere, or more
    for (int n = 0; n < some.samples; ++n)
      for (std::size_t i = 0; i < some.in.size(); ++i) (*in).sample(n)[i] = values[draw.between(0, most)];
    const bool relu = seed % 2 == 0 && most > 1;
    const sliced_maps d_out{draw, some.samples, some.out()};
    const sliced_maps start{draw, some.samples, some.in};
    const auto found = on_any_threads("d_activated", start, 0, [&](const workers& w, auto& result) {
      cpu_pooling::max_pool_gradient(w, *in, {nullptr, nullptr, relu}, some.moving, *d_out, *result);
    });
    const auto expected{start};
    reference_pooling::max_pool_gradient({}, *in, {nullptr, nullptr, relu}, some.moving, *d_out, *expected);
    check_close("d_activated", found, expected, 0);  // the same additions in the same order
  }
}

TEST_CASE("the cpu's gradient of a max pool gives the first of equal cells all, and the last NaN", "[backend]")
{
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const auto winner = [](std::vector<float> maps) {
    std::vector<float> result(maps.size());
    float arriving = 1;
    cpu_pooling::max_pool_gradient({}, view<float>::packed(maps.data(), 1, {1, 2, 2}), {}, {2, 1, 0},
                                   view<float>::packed(&arriving, 1, {1, 1, 1}),
                                   view<float>::packed(result.data(), 1, {1, 2, 2}));
    return result;
  };
  CHECK(winner({1, 2, 2, 0}) == std::vector<float>{0, 1, 0, 0});
  CHECK(winner({-infinity, -infinity, -infinity, -infinity}) == std::vector<float>{1, 0, 0, 0});
  CHECK(winner({-infinity, -infinity, -5, -infinity}) == std::vector<float>{0, 0, 1, 0});
  CHECK(winner({infinity, nan, 3, infinity}) == std::vector<float>{0, 1, 0, 0});
  CHECK(winner({nan, nan, 3, 4}) == std::vector<float>{0, 1, 0, 0});
}

TEST_CASE("the cpu's average pool is the reference's, and so is its gradient", "[backend]")
{
  for_each_problem(false, [](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps<float> empty{draw, some.samples, some.out(), false};
    const auto found = on_any_threads("out", empty, 0, [&](const workers& w, auto& out) {
      cpu_pooling::average_pool(w, *in, *before, some.moving, *out);
    });
    const auto expected{empty};
    reference_pooling::average_pool({}, *in, *before, some.moving, *expected);
    check_close("out", found, expected, tolerance(25));

    const sliced_maps d_out{draw, some.samples, some.out()};
    const auto d_found = on_any_threads("d_activated", in, 0, [&](const workers& w, auto& result) {
      cpu_pooling::average_pool_gradient(w, *d_out, some.moving, *result);
    });
    const auto d_expected{in};
    reference_pooling::average_pool_gradient({}, *d_out, some.moving, *d_expected);
    check_close("d_activated", d_found, d_expected, tolerance(25));
  });
}

TEST_CASE("the cpu's global average pool is the reference's, and so is its gradient", "[backend]")
{
  for_each_problem(false, [](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const sliced_maps<float> empty{draw, some.samples, {some.in.channels, 1, 1}, false};
    const auto found = on_any_threads("out", empty, 0, [&](const workers& w, auto& out) {
      cpu_pooling::global_average_pool(w, *in, *before, *out);
    });
    const auto expected{empty};
    reference_pooling::global_average_pool({}, *in, *before, *expected);
    check_close("out", found, expected, tolerance(1));  // both sum in double

    const sliced_maps d_out{draw, some.samples, {some.in.channels, 1, 1}};
    const auto d_found = on_any_threads("d_activated", in, 0, [&](const workers& w, auto& result) {
      cpu_pooling::global_average_pool_gradient(w, *d_out, *result);
    });
    const auto d_expected{in};
    reference_pooling::global_average_pool_gradient({}, *d_out, *d_expected);
    check_close("d_activated", d_found, d_expected, tolerance(1));
  });
}

TEST_CASE("a NaN wins in the cpu's max pool wherever it stands in the window", "[backend]")
{
  for (std::size_t place = 0; place < 9; ++place) {
    std::vector<float> maps(9, 1.0F);
    maps[place] = std::numeric_limits<float>::quiet_NaN();
    float out = 0;
    cpu_pooling::max_pool({}, view<float>::packed(maps.data(), 1, {1, 3, 3}), {nullptr, nullptr, true}, {3, 1, 0},
                          view<float>::packed(&out, 1, {1, 1, 1}));
    CHECK(std::isnan(out));
  }
}
