// SPDX-License-Identifier: MIT

#include <thorax/layers/conv2d.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace thorax;

TEST_CASE("a convolution makes a map a filter", "[layers]")
{
  STATIC_REQUIRE(layer<conv2d<8, kernel<3>>>);
  STATIC_REQUIRE(conv2d<8, kernel<3>>::output({5, 9, 7}) == extents{8, 9, 7});
  STATIC_REQUIRE(conv2d<8, kernel<1>>::output({5, 9, 7}) == extents{8, 9, 7});
  STATIC_REQUIRE(conv2d<64, kernel<7>, stride<2>>::output({3, 300, 224}) == extents{64, 150, 112});
  STATIC_REQUIRE(conv2d<8, kernel<3>, stride<1>, padding<0>>::output({5, 9, 7}) == extents{8, 7, 5});
  STATIC_REQUIRE(conv2d<8, kernel<2>, stride<2>>::output({5, 9, 7}) == extents{8, 4, 3});
}

TEST_CASE("a convolution refuses maps that do not hold its kernel, rim included", "[layers]")
{
  STATIC_REQUIRE(conv2d<8, kernel<3>>::accepts({5, 1, 1}));
  STATIC_REQUIRE(conv2d<8, kernel<3>, stride<1>, padding<0>>::accepts({5, 3, 3}));
  STATIC_REQUIRE(!conv2d<8, kernel<3>, stride<1>, padding<0>>::accepts({5, 2, 3}));
  STATIC_REQUIRE(!conv2d<8, kernel<3>, stride<1>, padding<0>>::accepts({5, 3, 2}));
}

TEST_CASE("a convolution's weights are filters x channels x kernel x kernel, without bias", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({5, 9, 7});
  const slice out = conv2d<8, kernel<3>, stride<2>>::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  const op& made = plan.ops[0];
  CHECK(made.kind == op_kind::convolution);
  CHECK(made.in == in);
  CHECK(made.out == out);
  CHECK(out.shape == extents{8, 5, 4});
  CHECK(made.moving == window{3, 2, 1});
  CHECK(made.bias == none);
  CHECK(made.macs() == 5U * 4 * 8 * 5 * 3 * 3);
  REQUIRE(plan.parameters.size() == 1);
  const parameter& weight = plan.parameters[static_cast<std::size_t>(made.weight)];
  CHECK(weight.kind == parameter_kind::weight);
  CHECK(weight.rank == 4);
  CHECK(std::vector<int>(weight.shape, weight.shape + 4) == std::vector<int>{8, 5, 3, 3});
}

TEST_CASE("a convolution without filters, or with an impossible window, accepts nothing", "[layers]")
{
  STATIC_REQUIRE(!is_out_of_range<conv2d<1, kernel<1>>>);
  STATIC_REQUIRE(is_out_of_range<conv2d<0, kernel<3>>>);
  STATIC_REQUIRE(is_out_of_range<conv2d<8, kernel<0>, stride<1>, padding<0>>>);
  STATIC_REQUIRE(is_out_of_range<conv2d<8, kernel<3>, stride<0>>>);
  STATIC_REQUIRE(is_out_of_range<conv2d<8, kernel<3>, stride<1>, padding<-1>>>);
  STATIC_REQUIRE(!conv2d<0, kernel<3>>::accepts({5, 9, 9}));
}
