// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/planes.hpp>

#include "support/random_maps.hpp"

#include <atomic>
#include <vector>

using namespace thorax::tests;
using thorax::extents;

TEST_CASE("even shares cover the whole, none larger than asked for and all but the last equal", "[backend]")
{
  for (int whole = 1; whole <= 200; ++whole)
    for (int most = 1; most <= 210; most += 7) {
      const int share = thorax::even_share(whole, most);
      const int shares = thorax::shares_of(whole, share);
      REQUIRE(share <= std::max(most, 1));
      REQUIRE(share * shares >= whole);
      REQUIRE(share * (shares - 1) < whole);
    }
  CHECK(thorax::even_share(81, 48) == 41);
  CHECK(thorax::shares_of(0, 0) == 0);
}

TEST_CASE("every plane is visited once, whatever the extents and threads", "[backend]")
{
  for (const int threads : {1, 3})
    for (const extents shape :
         {extents{1, 1, 1}, extents{700, 9, 9}, extents{3, 300, 300}, extents{50000, 1, 1}}) {
      crew some{threads};
      std::vector<std::atomic<int>> visits(2 * static_cast<std::size_t>(shape.channels));
      thorax::for_each_plane(*some, 2, shape,
                             [&](int n, int c) { ++visits[static_cast<std::size_t>(n * shape.channels + c)]; });
      CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& each) { return each == 1; }));
    }
}

TEST_CASE("every channel is visited once for all samples", "[backend]")
{
  crew some{2};
  std::vector<std::atomic<int>> visits(33);
  thorax::for_each_channel(*some, 5, {33, 40, 41}, [&](int c) { ++visits[static_cast<std::size_t>(c)]; });
  CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& each) { return each == 1; }));
}

TEST_CASE("a row is activated as its rule says, in place too", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const random_rule rule{draw, 3};
    std::vector<float> row = draw.numbers(static_cast<std::size_t>(draw.between(1, 50)));
    std::vector<float> expected;
    for (const float x : row) expected.push_back((*rule)(x, 2));
    thorax::activate_row(*rule, 2, row.data(), static_cast<std::ptrdiff_t>(row.size()), row.data());
    check_close("row", row, expected, 2 * 16 * float_rounding);
  }
}

TEST_CASE("interleaved sums are the sum, for counts that fill their lanes and for others", "[backend]")
{
  for (std::ptrdiff_t count = 0; count < 40; ++count)
    CHECK(thorax::sum_of(count, [](std::ptrdiff_t i) { return static_cast<float>(i); }) ==
          static_cast<double>(count * (count - 1)) / 2);
}
