// SPDX-License-Identifier: MIT
#include <thorax/image/area.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

#include <thorax/base/random.hpp>

#include <cmath>
#include <numeric>

namespace {

thorax::image shrunk(const thorax::image& film, int height, int width)
{
  thorax::area_scratch scratch;
  thorax::image out;
  thorax::resize_area(film, height, width, scratch, out);
  return out;
}

/// The mean over the rectangle a new pixel covers, straight from the definition.
double mean_of_cover(const thorax::image& film, int height, int width, int y, int x, int c)
{
  const auto overlap = [](int old_pixel, int old_size, int new_pixel, int new_size) {
    const double scale = static_cast<double>(old_size) / new_size;
    const double end = std::min<double>(old_pixel + 1, (new_pixel + 1) * scale);
    return std::max(0.0, end - std::max<double>(old_pixel, new_pixel * scale)) / scale;
  };
  double mean = 0;
  for (int v = 0; v < film.height; ++v)
    for (int u = 0; u < film.width; ++u)
      mean += overlap(v, film.height, y, height) * overlap(u, film.width, x, width) * film.at(v, u, c);
  return mean;
}

}  // namespace

TEST_CASE("an area average by a whole factor is the rounded mean of each block", "[image]")
{
  const thorax::image film = pattern(30, 45, 3);
  const thorax::image out = shrunk(film, 10, 9);  // blocks of 3 x 5
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 9; ++x)
      for (int c = 0; c < 3; ++c) {
        int sum = 0;
        for (int v = 0; v < 3; ++v)
          for (int u = 0; u < 5; ++u) sum += film.at(3 * y + v, 5 * x + u, c);
        CHECK(static_cast<int>(out.at(y, x, c)) == (2 * sum + 15) / 30);
      }
}

TEST_CASE("an area average agrees with its definition at any ratio", "[image]")
{
  const thorax::random_stream draws{5};
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const auto side = [&](std::uint64_t i, int most) {
      return 1 + static_cast<int>(draws.below(8 * trial + i, static_cast<std::uint64_t>(most)));
    };
    const thorax::image film = pattern(side(0, 30), side(1, 30), trial % 2 == 0 ? 1 : 3);
    const int height = side(2, film.height);
    const int width = side(3, film.width);
    INFO("seed 5, trial " << trial << ": " << thorax::extents_in_words(film) << " to " << height << "x" << width);
    thorax::area_scratch scratch;
    double largest = 0;
    thorax::average_area(film, height, width, scratch, [&](int y, int x, int c, double mean) {
      largest = std::max(largest, std::abs(mean - mean_of_cover(film, height, width, y, x, c)));
    });
    CHECK(largest < 1e-10);
  }
}

TEST_CASE("an area average keeps the mean of a film exactly", "[image]")
{
  const thorax::image film = pattern(97, 61, 1);
  const double before = std::accumulate(film.samples.begin(), film.samples.end(), 0.0) / (97 * 61);
  thorax::area_scratch scratch;
  double sum = 0;
  thorax::average_area(film, 40, 13, scratch, [&](int, int, int, double mean) { sum += mean; });
  CHECK(std::abs(sum / (40 * 13) - before) < 1e-10);
}

TEST_CASE("the largest film is averaged without losing a unit", "[image]")
{
  thorax::image film{1, thorax::longest_resized_side, 1};
  std::fill(film.samples.begin(), film.samples.end(), std::uint8_t{255});
  film.samples.back() = 254;
  thorax::area_scratch scratch;
  thorax::average_area(film, 1, 1, scratch, [](int, int, int, double mean) { CHECK(mean == 255.0 - 1.0 / 32'768); });
}

TEST_CASE("the same extents give the same film", "[image]")
{
  const thorax::image film = pattern(23, 37, 3);
  CHECK(shrunk(film, 23, 37) == film);
}

TEST_CASE("an axis that grows is interpolated linearly and clamped at its ends", "[image]")
{
  thorax::image film{1, 2, 1};
  film.samples = {0, 200};
  CHECK(shrunk(film, 1, 4).samples == std::vector<std::uint8_t>{0, 50, 150, 200});
  CHECK(shrunk(film, 3, 2).samples == std::vector<std::uint8_t>{0, 200, 0, 200, 0, 200});
  film.samples = {77, 77};
  const thorax::image flat = shrunk(film, 5, 131);
  CHECK(std::all_of(flat.samples.begin(), flat.samples.end(), [](std::uint8_t v) { return v == 77; }));
}

TEST_CASE("each new pixel's weights add up to the total", "[image]")
{
  thorax::area_axis axis;
  const std::vector<std::pair<int, int>> sizes{{37, 11}, {11, 37}, {7, 7}, {1, 9}, {2'987, 300}};
  for (const auto& [old_size, new_size] : sizes) {
    axis.fit(old_size, new_size);
    REQUIRE(axis.size() == new_size);
    for (int i = 0; i < new_size; ++i) {
      const auto weights = axis.weights(i);
      CHECK(std::accumulate(weights.begin(), weights.end(), 0.0) == axis.total());
      CHECK(axis.first(i) >= 0);
      CHECK(axis.first(i) + static_cast<int>(weights.size()) <= old_size);
    }
  }
}
