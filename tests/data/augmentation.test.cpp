// SPDX-License-Identifier: MIT
#include <thorax/data/augmentation.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <thorax/data/csv.hpp>
#include <thorax/tensor/distance.hpp>

#include <cmath>  // abs
#include <span>
#include <sstream>
#include <string>
#include <vector>

using thorax::augmentation;
using thorax::draw;
using thorax::drawn_transform;
using thorax::extents;
using thorax::random_stream;
using thorax::view;

namespace {

/// The formula of tests/golden/augmentation_golden.py.
std::vector<float> picture(extents shape)
{
  std::vector<float> pixels;
  for (int c = 0; c < shape.channels; ++c)
    for (int y = 0; y < shape.height; ++y)
      for (int x = 0; x < shape.width; ++x)
        pixels.push_back(static_cast<float>((101 * c + 53 * y * y + 91 * x + 7 * x * y + 29 * x * x) % 256));
  return pixels;
}

std::vector<float> changed(const drawn_transform& drawn, extents shape)
{
  const std::vector<float> pixels = picture(shape);
  std::vector<float> out(pixels.size(), -1.0F);
  thorax::apply(drawn, view<const float>::packed(pixels.data(), 1, shape), view<float>::packed(out.data(), 1, shape));
  return out;
}

}  // namespace

TEST_CASE("a drawn change gives Keras' pixels", "[data]")
{
  const thorax::csv_table golden = thorax::read_csv("tests/data/files/augmentation.csv");
  REQUIRE(golden.rows.size() == 12);
  for (const thorax::csv_row& row : golden.rows) {
    const auto number = [&](const char* column) { return std::stod(row.fields[golden.at(column)]); };
    const auto whole = [&](const char* column) { return std::stoi(row.fields[golden.at(column)]); };
    const extents shape{whole("channels"), whole("height"), whole("width")};
    std::istringstream text{row.fields[golden.at("pixels")]};
    std::vector<float> expected;
    for (float pixel = 0; text >> pixel;) expected.push_back(pixel);
    REQUIRE(expected.size() == shape.size());
    const std::vector<float> found = changed({number("theta"), number("shift_y"), number("shift_x"), number("zoom_y"),
                                              number("zoom_x"), whole("flip") == 1},
                                             shape);
    const thorax::distance apart =
      thorax::distance_between(std::span<const float>{found}, std::span<const float>{expected});
    INFO(row.fields[0] << ": largest difference " << apart.relative << " of the range at " << apart.position);
    CHECK(apart.relative < 1e-6);
  }
}

TEST_CASE("no change leaves every bit as it is", "[data]")
{
  const extents shape{3, 11, 8};
  CHECK(changed({}, shape) == picture(shape));
  CHECK(draw(thorax::no_augmentation, random_stream{3}) == drawn_transform{});
}

TEST_CASE("shifts mean what they are called: a vertical one moves rows", "[data]")
{
  const extents shape{1, 10, 10};
  const std::vector<float> before = picture(shape), after = changed({.shift_y = .1}, shape);
  for (std::size_t i = 0; i + 10 < before.size(); ++i) CHECK(after[i] == before[i + 10]);
  for (std::size_t i = before.size() - 10; i < before.size(); ++i) CHECK(after[i] == before[i]);
}

TEST_CASE("draws stay within their ranges, fill them, and are a pure function of the stream", "[data]")
{
  const augmentation rule;
  double largest_turn = 0, mean_turn = 0, smallest_zoom = 2, largest_shift = 0;
  int flips = 0;
  constexpr int films = 4000;
  for (std::uint64_t film = 0; film < films; ++film) {
    const drawn_transform drawn = draw(rule, random_stream{1} / 2 / film);
    REQUIRE(drawn == draw(rule, random_stream{1} / 2 / film));
    largest_turn = std::max(largest_turn, std::abs(drawn.theta));
    mean_turn += drawn.theta / films;
    smallest_zoom = std::min({smallest_zoom, drawn.zoom_x, drawn.zoom_y});
    largest_shift = std::max({largest_shift, std::abs(drawn.shift_x), std::abs(drawn.shift_y)});
    flips += drawn.flip ? 1 : 0;
  }
  CHECK(largest_turn <= 10 * 3.14159266 / 180);
  CHECK(largest_turn > 9.9 * 3.14159265 / 180);
  CHECK(std::abs(mean_turn) < .01);
  CHECK(smallest_zoom >= .9 - 1e-7);
  CHECK(smallest_zoom < .901);
  CHECK(largest_shift <= .05 + 1e-7);
  CHECK(largest_shift > .0499);
  CHECK(std::abs(flips - films / 2) < 130);  // four standard deviations
  CHECK_FALSE(draw(rule, random_stream{1} / 2 / 3) == draw(rule, random_stream{1} / 3 / 3));
  CHECK_FALSE(draw(rule, random_stream{1} / 2 / 3) == draw(rule, random_stream{2} / 2 / 3));
}

TEST_CASE("a crop shows a part within the film, of the wanted area and sides, and its middle is anywhere", "[data]")
{
  const augmentation rule{.rotation_degrees = 0, .shift = 0, .zoom = 0, .flip = false, .crop = .4F};
  double least_area = 1, most_area = 0, least_aspect = 2, most_aspect = 0, farthest_up = 0, farthest_right = 0;
  for (std::uint64_t film = 0; film < 4000; ++film) {
    const drawn_transform part = draw(rule, random_stream{1} / 2 / film);
    REQUIRE(std::abs(part.shift_y) + part.zoom_y / 2 <= .5 + 1e-12);
    REQUIRE(std::abs(part.shift_x) + part.zoom_x / 2 <= .5 + 1e-12);
    least_area = std::min(least_area, part.zoom_y * part.zoom_x);
    most_area = std::max(most_area, part.zoom_y * part.zoom_x);
    least_aspect = std::min(least_aspect, part.zoom_x / part.zoom_y);
    most_aspect = std::max(most_aspect, part.zoom_x / part.zoom_y);
    farthest_up = std::min(farthest_up, part.shift_y);
    farthest_right = std::max(farthest_right, part.shift_x);
  }
  CHECK(least_area >= .4 - 1e-7);
  CHECK(least_area < .402);
  CHECK(most_area > .98);
  CHECK(std::abs(least_aspect - .75) < .002);
  CHECK(std::abs(most_aspect - 4.0 / 3) < .003);
  CHECK(farthest_up < -.18);
  CHECK(farthest_right > .18);
}

TEST_CASE("a crop and the changes of the whole film are one change: the whole film is changed, then a part is shown",
          "[data]")
{
  const extents shape{1, 16, 16};
  // The lower right quarter of a film is what a window of half its sides sees, moved by a quarter.
  const drawn_transform quarter = thorax::detail::with_crop({}, {.5, .5, .25, .25});
  const std::vector<float> before = picture(shape), part = changed(quarter, shape);
  const auto at = [&](const std::vector<float>& film, int y, int x) { return film[static_cast<std::size_t>(16 * y + x)]; };
  // Pixel 2i+1 is read between the quarter's pixels i and i+1, a quarter of the way.
  CHECK(std::abs(at(part, 1, 1) - (.75F * (.75F * at(before, 8, 8) + .25F * at(before, 8, 9)) +
                                   .25F * (.75F * at(before, 9, 8) + .25F * at(before, 9, 9)))) < 1e-3F);
  // The same part of a film that was stretched and moved first: where its middle lands is stretched and moved, too.
  const drawn_transform both = thorax::detail::with_crop({.theta = .1, .shift_y = .03, .zoom_y = 1.2, .zoom_x = .9},
                                                         {.5, .8, .25, -.1});
  CHECK(both == drawn_transform{.theta = .1, .shift_y = .03 + 1.2 * .25, .shift_x = .9 * -.1, .zoom_y = 1.2 * .5,
                                .zoom_x = .9 * .8});
}

TEST_CASE("what is drawn besides the crop does not depend on it", "[data]")
{
  augmentation rule;
  const drawn_transform whole = draw(rule, random_stream{5} / 1 / 2);
  rule.crop = .5F;
  const drawn_transform part = draw(rule, random_stream{5} / 1 / 2);
  CHECK(part.theta == whole.theta);
  CHECK(part.flip == whole.flip);
  CHECK(part.zoom_y < whole.zoom_y);
}

TEST_CASE("a range that makes no sense and films of two shapes are refused", "[data]")
{
  CHECK_THROWS_AS(thorax::ensure_usable(augmentation{-1, 0, 0, false}), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_usable(augmentation{0, std::nanf(""), 0, false}), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_usable(augmentation{0, 0, 1, false}), thorax::error);
  thorax::ensure_usable(augmentation{});
  CHECK(refuses(thorax::error_code::wrong_usage, "found 190.000000, 0.050000 and 0.100000; choose smaller changes",
                [] { thorax::ensure_usable({.rotation_degrees = 190}); }));
  for (const float bad : {-.1F, 2.1F, std::nanf("")}) {
    CHECK_THROWS_AS(thorax::ensure_usable(augmentation{.brightness = bad}), thorax::error);
    CHECK_THROWS_AS(thorax::ensure_usable(augmentation{.contrast = bad}), thorax::error);
    CHECK_THROWS_AS(thorax::ensure_usable(augmentation{.gamma = bad}), thorax::error);
    CHECK_THROWS_AS(thorax::ensure_usable(augmentation{.crop = bad}), thorax::error);
  }
  thorax::ensure_usable(augmentation{.brightness = 1, .contrast = .9F, .gamma = 2, .crop = .08F});
  CHECK(refuses(thorax::error_code::wrong_usage, "a contrast from 0 to below 1 and a gamma from 0 to 2, found 0.000000, "
                "1.000000 and 0.000000", [] { thorax::ensure_usable({.contrast = 1}); }));
  CHECK(refuses(thorax::error_code::wrong_usage, "found 0.000000; choose a larger share",
                [] { thorax::ensure_usable({.crop = 0}); }));
  std::vector<float> a(12), b(12);
  CHECK_THROWS_AS(thorax::apply({}, view<const float>::packed(a.data(), 1, {1, 3, 4}),
                                view<float>::packed(b.data(), 1, {1, 4, 3})),
                  thorax::error);
}
