// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/loops.hpp>

#include "support/catch.hpp"

#include <vector>

using thorax::view;

TEST_CASE("numbers are visited in the order of memory, also in a slice", "[backend]")
{
  std::vector<int> buffer(40, -1);
  const view<int> maps{buffer.data() + 4, 2, {3, 1, 4}, 20};
  int next = 0;
  thorax::for_each_number(maps, [&](int n, int c, int y, int x) { maps(n, c, y, x) = next++; });
  REQUIRE(next == 24);
  for (int i = 0; i < 40; ++i) {
    const int within = i % 20 - 4;
    const int expected = within >= 0 && within < 12 ? 12 * (i / 20) + within : -1;
    CHECK(buffer[static_cast<std::size_t>(i)] == expected);
  }
}

TEST_CASE("pixels of a channel are visited once a sample", "[backend]")
{
  const view<int> maps{nullptr, 3, {7, 2, 5}, 0};
  int visits = 0;
  int sum = 0;
  thorax::for_each_pixel(maps, [&](int n, int y, int x) {
    ++visits;
    sum += 100 * n + 10 * y + x;
  });
  CHECK(visits == 30);
  CHECK(sum == 100 * 30 + 10 * 15 + 60);
}

TEST_CASE("inside ends where the maps do", "[backend]")
{
  const thorax::extents shape{1, 2, 3};
  CHECK(thorax::inside(shape, 0, 0));
  CHECK(thorax::inside(shape, 1, 2));
  CHECK_FALSE(thorax::inside(shape, -1, 0));
  CHECK_FALSE(thorax::inside(shape, 0, -1));
  CHECK_FALSE(thorax::inside(shape, 2, 0));
  CHECK_FALSE(thorax::inside(shape, 0, 3));
}
