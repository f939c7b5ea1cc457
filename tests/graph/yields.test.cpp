// SPDX-License-Identifier: MIT

#include <thorax/graph/yields.hpp>

#include <thorax/graph/chain.hpp>
#include <thorax/layers/conv2d.hpp>

#include "support/catch.hpp"

using namespace thorax;

TEST_CASE("yields accepts only the promised extents", "[graph]")
{
  STATIC_REQUIRE(layer<yields<64, 75, 74>>);
  STATIC_REQUIRE(yields<64, 75, 74>::accepts({64, 75, 74}));
  STATIC_REQUIRE(!yields<64, 75, 74>::accepts({63, 75, 74}));
  STATIC_REQUIRE(!yields<64, 75, 74>::accepts({64, 74, 74}));
  STATIC_REQUIRE(!yields<64, 75, 74>::accepts({64, 75, 75}));
  STATIC_REQUIRE(yields<64, 75, 74>::promised == extents{64, 75, 74});
}

TEST_CASE("yields changes nothing", "[graph]")
{
  STATIC_REQUIRE(yields<2, 3, 4>::output({2, 3, 4}) == extents{2, 3, 4});
}

TEST_CASE("a promise between layers is checked where it stands", "[graph]")
{
  using kept = chain<conv2d<8, kernel<3>, stride<2>>, yields<8, 4, 4>, conv2d<2, kernel<1>>>;
  STATIC_REQUIRE(kept::accepts({3, 8, 8}));
  STATIC_REQUIRE(kept::accepts({3, 7, 7}));
  STATIC_REQUIRE(kept::first_fault({3, 9, 8}).position == 1);
  STATIC_REQUIRE(kept::first_fault({3, 9, 8}).arriving == extents{8, 5, 4});
}
