// SPDX-License-Identifier: MIT

#include <thorax/explain/heat_map.hpp>

#include <thorax/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using thorax::heat_map;
using thorax::upsampled;

TEST_CASE("a map's cells are read by row and column, and the largest is found", "[explain]")
{
  const heat_map map{2, 3, {0, 1, 2, 3, 5, 4}, "features"};
  CHECK(map.at(0, 2) == 2);
  CHECK(map.at(1, 1) == 5);
  CHECK(map.largest() == 5);
  CHECK(!map.is_empty());
}

TEST_CASE("a map in which nothing spoke for the finding is empty", "[explain]")
{
  CHECK(heat_map{}.is_empty());
  CHECK(heat_map{}.largest() == 0);
  CHECK(heat_map{2, 2, {0, 0, 0, 0}, "p"}.is_empty());
  CHECK(upsampled(heat_map{2, 2, {0, 0, 0, 0}, "p"}, 3, 2) == std::vector<float>(6, 0.0F));
}

TEST_CASE("at its own size a map is only scaled", "[explain]")
{
  CHECK(upsampled({2, 2, {1, 2, 4, 0}, "p"}, 2, 2) == std::vector<float>{0.25F, 0.5F, 1, 0});
}

TEST_CASE("between the centers of cells a map is interpolated, beyond them it stays", "[explain]")
{
  const std::vector<float> row = upsampled({1, 2, {0, 8}, "p"}, 1, 8);
  CHECK(row == std::vector<float>{0, 0, 0.125F, 0.375F, 0.625F, 0.875F, 1, 1});
  const std::vector<float> column = upsampled({2, 1, {8, 0}, "p"}, 4, 1);
  CHECK(column == std::vector<float>{1, 0.75F, 0.25F, 0});
  const std::vector<float> both = upsampled({2, 2, {0, 4, 8, 4}, "p"}, 4, 4);
  CHECK(both[0] == 0);
  CHECK(both[3] == 0.5F);
  CHECK(both[12] == 1);
  CHECK(std::abs(both[5] - (4 * 0.25F * 0.75F + 8 * 0.75F * 0.25F + 4 * 0.25F * 0.25F) / 8) < 1e-6F);
  CHECK(upsampled({1, 1, {3}, "p"}, 2, 2) == std::vector<float>(4, 1.0F));
}

TEST_CASE("no pixel is above 1 or below 0, however small or odd the numbers are", "[explain]")
{
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const thorax::random_stream draw{seed};
    heat_map map{3, 3, std::vector<float>(9), "p"};
    const auto scale = static_cast<float>(std::pow(10.0, draw.uniform(99, -44, 38)));
    for (std::size_t i = 0; i < 9; ++i) map.cells[i] = draw.below(i, 3) == 0 ? scale : static_cast<float>(draw.uniform(i)) * scale;
    if (map.is_empty()) continue;
    const std::vector<float> pixels = upsampled(map, 17, 23);
    INFO("seed " << seed << ", scale " << scale);
    CHECK(std::all_of(pixels.begin(), pixels.end(), [](float pixel) { return pixel >= 0 && pixel <= 1; }));
  }
  const heat_map smallest{1, 2, {std::numeric_limits<float>::denorm_min(), 0}, "p"};
  CHECK(upsampled(smallest, 1, 2) == std::vector<float>{1, 0});
}

TEST_CASE("a picture smaller than the map is still inside it", "[explain]")
{
  const std::vector<float> pixel = upsampled({3, 3, {0, 0, 0, 0, 2, 0, 0, 0, 0}, "p"}, 1, 1);
  CHECK(pixel == std::vector<float>{1});
}
