// SPDX-License-Identifier: MIT

#include <thorax/layers/average_pool.hpp>

#include "support/catch.hpp"

using namespace thorax;

using halves = average_pool<kernel<2>, stride<2>>;

TEST_CASE("what is left over at the far edges is dropped", "[layers]")
{
  STATIC_REQUIRE(layer<halves>);
  STATIC_REQUIRE(halves::output({128, 56, 28}) == extents{128, 28, 14});
  STATIC_REQUIRE(halves::output({128, 75, 37}) == extents{128, 37, 18});
  STATIC_REQUIRE(average_pool<kernel<3>, stride<1>>::output({1, 5, 4}) == extents{1, 3, 2});
}

TEST_CASE("maps that do not hold the window once are refused", "[layers]")
{
  STATIC_REQUIRE(halves::accepts({1, 2, 2}));
  STATIC_REQUIRE(!halves::accepts({1, 1, 2}));
  STATIC_REQUIRE(!halves::accepts({1, 2, 1}));
}

TEST_CASE("the mean of windows has no rim and no parameters", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({2, 5, 6});
  const slice out = halves::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::average_pool);
  CHECK(plan.ops[0].moving == window{2, 2, 0});
  CHECK(plan.ops[0].in == in);
  CHECK(out.shape == extents{2, 2, 3});
  CHECK(plan.parameters.empty());
}

TEST_CASE("an impossible window accepts nothing", "[layers]")
{
  STATIC_REQUIRE(is_out_of_range<average_pool<kernel<0>, stride<1>>>);
  STATIC_REQUIRE(is_out_of_range<average_pool<kernel<2>, stride<0>>>);
  STATIC_REQUIRE(!average_pool<kernel<2>, stride<0>>::accepts({1, 9, 9}));
}
