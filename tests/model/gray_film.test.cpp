// SPDX-License-Identifier: MIT

#include <thorax/model/gray_film.hpp>

#include "support/catch.hpp"

#include <limits>
#include <vector>

using thorax::extents;
using thorax::op;
using thorax::view;

namespace {

bool is_gray(const std::vector<float>& film, int channels)
{
  const auto pixels = static_cast<int>(film.size()) / channels;
  return thorax::is_gray(view<const float>::packed(film.data(), 1, {channels, 1, pixels}));
}

}  // namespace

TEST_CASE("a film is gray if it has several channels and all are the same", "[model]")
{
  CHECK(is_gray({1, 2, 1, 2, 1, 2}, 3));
  CHECK(is_gray({1, 2, 3, 1, 2, 3}, 2));
  CHECK_FALSE(is_gray({1, 2, 1, 2, 1, 3}, 3));
  CHECK_FALSE(is_gray({1, 2, 4, 2, 1, 2}, 3));
  CHECK_FALSE(is_gray({1, 2, 3, 4}, 1));
}

TEST_CASE("channels are compared bit for bit: what is not a number may be gray, zeros of two signs are not", "[model]")
{
  constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
  CHECK(is_gray({nothing, 1, nothing, 1}, 2));
  CHECK_FALSE(is_gray({0, 1, -0.0F, 1}, 2));
}

TEST_CASE("a plan without ops begins with no convolution", "[model]")
{
  CHECK_FALSE(thorax::begins_with_convolution(thorax::plan_view{}));
}

TEST_CASE("weights of all channels are added up, tap by tap, for each output", "[model]")
{
  op step;
  step.in.shape = {3, 5, 5};
  step.out.shape = {2, 4, 4};
  step.moving = {.kernel = 2};
  const std::vector<float> weights{1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400,
                                   5, 6, 7, 8, 50, 60, 70, 80, 500, 600, 700, 800};
  CHECK(added_up(step, weights.data()) == std::vector<float>{111, 222, 333, 444, 555, 666, 777, 888});
  CHECK(of_one_channel(step).in.shape == extents{1, 5, 5});
  CHECK(of_one_channel(step).out.shape == step.out.shape);
}

TEST_CASE("weights are added up in double precision", "[model]")
{
  op step;
  step.in.shape = {3, 1, 1};
  step.out.shape = {1, 1, 1};
  const std::vector<float> weights{1e8F, 1, -1e8F};
  CHECK(added_up(step, weights.data()) == std::vector<float>{1});
}
