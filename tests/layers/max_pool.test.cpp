// SPDX-License-Identifier: MIT

#include <thorax/layers/max_pool.hpp>

#include "support/catch.hpp"

using namespace thorax;

using stem_pool = max_pool<kernel<3>, stride<2>>;
using no_rim = max_pool<kernel<3>, stride<2>, padding<0>>;

TEST_CASE("pooling makes a pixel of each place that the window finds", "[layers]")
{
  STATIC_REQUIRE(layer<stem_pool>);
  STATIC_REQUIRE(stem_pool::output({64, 150, 112}) == extents{64, 75, 56});
  STATIC_REQUIRE(stem_pool::output({64, 149, 1}) == extents{64, 75, 1});
  STATIC_REQUIRE(no_rim::output({64, 150, 3}) == extents{64, 74, 1});
}

TEST_CASE("pooling refuses maps that do not hold the window, rim included", "[layers]")
{
  STATIC_REQUIRE(stem_pool::accepts({1, 1, 1}));
  STATIC_REQUIRE(no_rim::accepts({1, 3, 3}));
  STATIC_REQUIRE(!no_rim::accepts({1, 2, 3}));
  STATIC_REQUIRE(!no_rim::accepts({1, 3, 2}));
}

TEST_CASE("the largest number has no parameters", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({2, 8, 7});
  const slice out = stem_pool::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::max_pool);
  CHECK(plan.ops[0].moving == window{3, 2, 1});
  CHECK(plan.ops[0].in == in);
  CHECK(out.shape == extents{2, 4, 4});
  CHECK(plan.parameters.empty());
}

TEST_CASE("a window that might lie in the rim alone accepts nothing", "[layers]")
{
  STATIC_REQUIRE(!is_out_of_range<max_pool<kernel<3>, stride<1>, padding<2>>>);
  STATIC_REQUIRE(is_out_of_range<max_pool<kernel<3>, stride<1>, padding<3>>>);
  STATIC_REQUIRE(is_out_of_range<max_pool<kernel<3>, stride<0>>>);
  STATIC_REQUIRE(!max_pool<kernel<3>, stride<1>, padding<3>>::accepts({1, 9, 9}));
}
