// SPDX-License-Identifier: MIT
#include <thorax/data/phantom_canvas.hpp>

#include "support/catch.hpp"

#include <algorithm>  // max_element
#include <cmath>      // abs, sqrt
#include <numeric>    // accumulate

using thorax::body_point;
using thorax::body_pose;
using thorax::cloud;
using thorax::film_layer;
using thorax::random_stream;

TEST_CASE("a pose leads from the body to the film and back", "[data]")
{
  const body_pose pose{200, .3, 1.2, .9, {.1, -.2}};
  for (const body_point place : {body_point{0, 0}, body_point{.5, -.7}, body_point{-1, 1}}) {
    const body_point pixel = pose.pixel_of(place), back = pose.body_at(pixel.y, pixel.x);
    CHECK(std::abs(back.x - place.x) < 1e-12);
    CHECK(std::abs(back.y - place.y) < 1e-12);
  }
  const body_point middle = body_pose{200, 0, 1, 1, {0, 0}}.pixel_of({0, 0});
  CHECK(middle.x == 99.5);
  CHECK(middle.y == 99.5);
}

TEST_CASE("a solid rod is as strong as the chord through it, and nothing lies beside it", "[data]")
{
  film_layer layer{101};
  const body_pose pose{101, 0, 1, 1, {0, 0}};
  thorax::draw_rod(layer, pose, {-.5, 0}, {.5, 0}, {.2, .8});
  const double half_width = .2 * 50.5;
  for (int away = 0; away <= 12; ++away) {
    const double share = away / half_width, chord = share < 1 ? std::sqrt(1 - share * share) : 0.0;
    INFO(away << " pixels from the middle line");
    CHECK(std::abs(static_cast<double>(layer.at(50 + away, 50)) - .8 * chord) < 1e-6);
    CHECK(layer.at(50 - away, 50) == layer.at(50 + away, 50));
  }
  CHECK(layer.at(50, 5) == 0);
}

TEST_CASE("a hollow rod is brighter at its rims, and joints do not add up", "[data]")
{
  film_layer hollow{101}, whole{101}, joined{101};
  const body_pose pose{101, 0, 1, 1, {0, 0}};
  thorax::draw_rod(hollow, pose, {-.5, 0}, {.5, 0}, {.2, .8, .7});
  CHECK(hollow.at(57, 50) > 1.15F * hollow.at(50, 50));
  thorax::draw_rod(whole, pose, {-.5, 0}, {.5, 0}, {.1, .8});
  const body_point line[]{{-.5, 0}, {0, 0}, {.5, 0}};
  thorax::draw_rods(joined, pose, line, {.1, .8});
  for (std::size_t i = 0; i < whole.values.size(); ++i) REQUIRE(std::abs(whole.values[i] - joined.values[i]) < 1e-6F);
}

TEST_CASE("a rod thinner than a pixel fades instead of vanishing, and one beside the film is no harm", "[data]")
{
  film_layer layer{64};
  const body_pose pose{64, 0, 1, 1, {0, 0}};
  thorax::draw_rod(layer, pose, {-.5, .01}, {.5, .01}, {.004, 1});
  const float brightest = *std::max_element(layer.values.begin(), layer.values.end());
  CHECK(brightest > .03F);
  CHECK(brightest < .3F);
  film_layer empty{64};
  thorax::draw_rod(empty, pose, {-9, -9}, {-3, -8}, {.1, 1});
  thorax::draw_rod(empty, pose, {3, 3}, {9, 8}, {.1, 1});
  CHECK(std::accumulate(empty.values.begin(), empty.values.end(), 0.0F) == 0);
}

TEST_CASE("clouds are smooth, differ by stream, and average out", "[data]")
{
  const cloud one{random_stream{1}, .2}, other{random_stream{2}, .2};
  double sum = 0, difference = 0, step = 0, net = 0;
  constexpr int places = 4000;
  for (int i = 0; i < places; ++i) {
    const body_point p{-3 + i * .0037, 2 - i * .0051}, next{p.x + 1e-4, p.y};
    sum += one.at(p);
    difference += std::abs(one.at(p) - other.at(p));
    step = std::max(step, std::abs(one.at(next) - one.at(p)));
    const double lines = one.net_at(p);
    REQUIRE(lines >= 0);
    REQUIRE(lines <= 1);
    net += lines;
  }
  CHECK(std::abs(sum / places) < .08);
  CHECK(difference / places > .2);
  CHECK(step < .05);
  CHECK(net / places > .02);
  CHECK(net / places < .4);
}

TEST_CASE("numbers are drawn one after the other and again the same", "[data]")
{
  thorax::drawn_numbers a{random_stream{4}}, b{random_stream{4}};
  const double first = a.between(2, 3);
  CHECK(first == b.between(2, 3));
  CHECK(first >= 2);
  CHECK(first < 3);
  CHECK(a.between(2, 3) != first);
  for (int i = 0; i < 50; ++i) {
    const int drawn = a.below(3);
    CHECK((drawn >= 0 && drawn < 3));
  }
}
