// SPDX-License-Identifier: MIT

#include <thorax/explain/overlay.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

using thorax::heat_map;
using thorax::image;
using thorax::overlay;

namespace {

image gray_film(int height, int width, int channels = 1)
{
  image film{height, width, channels};
  for (std::size_t i = 0; i < film.samples.size(); ++i) film.samples[i] = static_cast<std::uint8_t>(40 + i % 150);
  return film;
}

bool shows_film(const image& out, const image& film, int y, int x)
{
  for (int c = 0; c < 3; ++c)
    if (out.at(y, x, c) != film.at(y, x, film.channels == 3 ? c : 0)) return false;
  return true;
}

}  // namespace

TEST_CASE("an overlay is a color picture of the film's size with the notice below it", "[explain]")
{
  for (const int channels : {1, 3}) {
    const image film = gray_film(60, 240, channels);
    const image out = overlay(film, {2, 2, {1, 0, 0, 1}, "features"});
    CHECK(out.channels == 3);
    CHECK(out.width == 240);
    const image strip = thorax::with_notice(image{60, 240, 3});
    CHECK(out.height == strip.height);
    CHECK(std::equal(strip.row(60), strip.row(60) + 10 * strip.row_samples(), out.row(60)));
    CHECK(std::count(out.row(60), out.row(60) + 10 * out.row_samples(), 235) > 900);
  }
}

TEST_CASE("an empty map leaves the film as it is", "[explain]")
{
  const image film = gray_film(30, 50);
  const image out = overlay(film, {3, 3, std::vector<float>(9, 0.0F), "features"});
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 50; ++x) CHECK(shows_film(out, film, y, x));
}

TEST_CASE("color lies only where the map is, and the more the stronger it is", "[explain]")
{
  const image film = gray_film(80, 80);
  heat_map map{4, 4, std::vector<float>(16, 0.0F), "features"};
  map.cells[0] = 2;
  map.cells[15] = 1;
  const image out = overlay(film, map);
  const std::vector<float> strength = upsampled(map, 80, 80);
  for (int y = 0; y < 80; ++y)
    for (int x = 0; x < 80; ++x) {
      const auto opacity = 0.55 * double{strength[static_cast<std::size_t>(y * 80 + x)]};
      const thorax::rgb color = thorax::color_map(double{strength[static_cast<std::size_t>(y * 80 + x)]});
      if (opacity == 0) CHECK(shows_film(out, film, y, x));
      for (std::size_t c = 0; c < 3; ++c) {
        const double expected = film.at(y, x) + opacity * (int{color[c]} - int{film.at(y, x)});
        CHECK(std::abs(out.at(y, x, static_cast<int>(c)) - expected) <= 0.51);
      }
    }
  CHECK(std::count(strength.begin(), strength.end(), 0.0F) > 80 * 80 / 2);
  CHECK(!shows_film(out, film, 5, 5));
  CHECK(!shows_film(out, film, 75, 75));
}

TEST_CASE("an opacity of 0 shows the film, one of 1 the color, and none else is taken", "[explain]")
{
  const image film = gray_film(20, 20);
  const heat_map map{1, 1, {3}, "features"};
  const image film_only = overlay(film, map, 0);
  CHECK(shows_film(film_only, film, 10, 10));
  const image color_only = overlay(film, map, 1);
  const thorax::rgb hottest = thorax::color_map(1);
  for (int c = 0; c < 3; ++c) CHECK(color_only.at(10, 10, c) == hottest[static_cast<std::size_t>(c)]);
  CHECK(refuses(thorax::error_code::does_not_fit, "opacities", [&] { overlay(film, map, 1.5); }));
  CHECK(refuses(thorax::error_code::does_not_fit, "opacities", [&] { overlay(film, map, -0.1); }));
}

TEST_CASE("full opacity holds for maps of any numbers", "[explain]")
{
  const image film = gray_film(40, 40);
  for (int i = 1; i < 60; ++i) {
    const float number = 1.0F / static_cast<float>(i);
    CHECK(overlay(film, {2, 2, {number, number, number, number}, "features"}, 1).width == 40);
  }
}
