// SPDX-License-Identifier: MIT

#include <thorax/plan/op.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace thorax;

TEST_CASE("a window finds as many places as fit, rim included", "[plan]")
{
  STATIC_REQUIRE(window{}.places(5) == 5);
  STATIC_REQUIRE(window{7, 2, 3}.places(300) == 150);
  STATIC_REQUIRE(window{3, 2, 1}.places(149) == 75);
  STATIC_REQUIRE(window{2, 2, 0}.places(75) == 37);
  STATIC_REQUIRE(window{3, 1, 0}.places(3) == 1);
  STATIC_REQUIRE(window{3, 1, 0}.places(2) == 0);
  STATIC_REQUIRE(window{3, 4, 0}.places(1) == 0);
}

TEST_CASE("a window finds its places along both sides of maps, and keeps the channels", "[plan]")
{
  STATIC_REQUIRE(window{2, 2, 0}.places(extents{7, 75, 37}) == extents{7, 37, 18});
  STATIC_REQUIRE(window{7, 2, 3}.places(extents{3, 300, 224}) == extents{3, 150, 112});
  STATIC_REQUIRE(each_pixel.places(extents{5, 9, 4}) == extents{5, 9, 4});
  STATIC_REQUIRE(window{3, 1, 0}.places(extents{5, 2, 9}) == extents{5, 0, 7});
}

TEST_CASE("a window is possible when it has cells, moves, and reaches into the maps", "[plan]")
{
  STATIC_REQUIRE(window{}.is_possible());
  STATIC_REQUIRE(window{3, 2, 2}.is_possible());
  STATIC_REQUIRE(!window{3, 2, 3}.is_possible());
  STATIC_REQUIRE(!window{3, 2, -1}.is_possible());
  STATIC_REQUIRE(!window{0, 1, 0}.is_possible());
  STATIC_REQUIRE(!window{3, 0, 1}.is_possible());
}

TEST_CASE("an op counts the multiplications of convolutions and linear layers only", "[plan]")
{
  STATIC_REQUIRE(op{.kind = op_kind::convolution, .in = {0, 0, {3, 300, 300}}, .out = {1, 0, {64, 150, 150}},
                    .moving = {7, 2, 3}}.macs() == 211'680'000);
  STATIC_REQUIRE(op{.kind = op_kind::linear, .in = {0, 0, {1920, 1, 1}}, .out = {1, 0, {512, 1, 1}}}.macs() == 983'040);
  STATIC_REQUIRE(op{.kind = op_kind::average_pool, .in = {0, 0, {3, 4, 4}}, .out = {1, 0, {3, 2, 2}}}.macs() == 0);
  STATIC_REQUIRE(op{.kind = op_kind::convolution, .in = {0, 0, {2048, 1024, 1024}}, .out = {1, 0, {4096, 1024, 1024}}}
                   .macs() == 8'796'093'022'208);
}

TEST_CASE("what a convolution makes lies between the means that it reads and the maxima that it writes", "[plan]")
{
  constexpr op plain{.kind = op_kind::convolution, .in = {0, 0, {3, 300, 300}}, .out = {1, 0, {64, 150, 150}},
                     .moving = {7, 2, 3}};
  STATIC_REQUIRE(plain.convolved() == plain.out.shape);
  constexpr op stem{.kind = op_kind::convolution, .in = {0, 0, {3, 300, 300}}, .out = {1, 0, {64, 75, 75}},
                    .moving = {7, 2, 3}, .max_after = {3, 2, 1}};
  STATIC_REQUIRE(stem.convolved() == extents{64, 150, 150});
  STATIC_REQUIRE(stem.macs() == plain.macs());
  constexpr op transition{.kind = op_kind::convolution, .in = {0, 0, {256, 75, 75}}, .out = {1, 0, {128, 37, 37}},
                          .mean_before = {2, 2, 0}};
  STATIC_REQUIRE(transition.convolved() == extents{128, 37, 37});
  STATIC_REQUIRE(transition.macs() == 128 * 256 * 37 * 37);
}

TEST_CASE("a parameter's size is the product of its extents, whatever its rank", "[plan]")
{
  STATIC_REQUIRE(parameter{.rank = 4, .shape = {64, 3, 7, 7}}.size() == 9408);
  STATIC_REQUIRE(parameter{.rank = 2, .shape = {512, 1920, 1, 1}}.size() == 983'040);
  STATIC_REQUIRE(parameter{.rank = 1, .shape = {7, 1, 1, 1}}.size() == 7);
}

TEST_CASE("a weight's fan-in is what meets in one output", "[plan]")
{
  STATIC_REQUIRE(parameter{.rank = 4, .shape = {64, 3, 7, 7}}.fan_in() == 147);
  STATIC_REQUIRE(parameter{.rank = 2, .shape = {512, 1920, 1, 1}}.fan_in() == 1920);
}

TEST_CASE("optimizers change everything but the running statistics", "[plan]")
{
  STATIC_REQUIRE(is_trainable(parameter_kind::weight));
  STATIC_REQUIRE(is_trainable(parameter_kind::bias));
  STATIC_REQUIRE(is_trainable(parameter_kind::norm_weight));
  STATIC_REQUIRE(is_trainable(parameter_kind::norm_bias));
  STATIC_REQUIRE(!is_trainable(parameter_kind::running_mean));
  STATIC_REQUIRE(!is_trainable(parameter_kind::running_variance));
}

TEST_CASE("an op is plain data, which no destructor or constructor runs for", "[plan]")
{
  STATIC_REQUIRE(std::is_trivially_copyable_v<op>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<part>);
  STATIC_REQUIRE(op{}.weight == none);
  STATIC_REQUIRE(op{}.norm_before == none);
  STATIC_REQUIRE(op{}.norm_after == none);
  STATIC_REQUIRE(op{}.mean_before == each_pixel);
  STATIC_REQUIRE(op{}.max_after == each_pixel);
  STATIC_REQUIRE(slice{}.buffer == none);
}
