// SPDX-License-Identifier: MIT
#include <thorax/data/phantom_skeleton.hpp>

#include "support/catch.hpp"

#include <cmath>  // abs

using thorax::body_pose;
using thorax::chest_anatomy;
using thorax::film_layer;
using thorax::random_stream;

namespace {

/// How often the column at body place x goes from less to more than half of its largest value.
int bands(const film_layer& layer, int x)
{
  float largest = 0;
  for (int y = 0; y < layer.size; ++y) largest = std::max(largest, layer.at(y, x));
  int count = 0;
  for (int y = 1; y < layer.size; ++y)
    count += layer.at(y - 1, x) <= largest / 4 && layer.at(y, x) > largest / 4 ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("a lung is crossed by its ribs, the same on both sides", "[data]")
{
  const chest_anatomy chest{random_stream{3}};
  const body_pose pose{240, 0, .9, 1, {0, 0}};
  film_layer backs{240}, fronts{240};
  thorax::draw_ribs(chest, pose, backs, fronts);
  const int x = static_cast<int>(pose.pixel_of({.3, 0}).x);
  INFO(bands(backs, x) << " backs, " << bands(fronts, x) << " fronts");
  CHECK(bands(backs, x) >= 8);
  CHECK(bands(backs, x) <= 10);
  for (int y = 0; y < 240; ++y)
    for (int column = 0; column < 120; ++column)
      REQUIRE(std::abs(backs.at(y, column) - backs.at(y, 239 - column)) < 1e-6F);
}

TEST_CASE("shoulders lie above and beside the lungs", "[data]")
{
  const chest_anatomy chest{random_stream{3}};
  const body_pose pose{240, 0, .9, 1, {0, 0}};
  film_layer layer{240};
  thorax::draw_shoulders(chest, pose, 0, layer);
  const auto at = [&](double x, double y) {
    const thorax::body_point pixel = pose.pixel_of({x, y});
    return layer.at(static_cast<int>(std::lround(pixel.y)), static_cast<int>(std::lround(pixel.x)));
  };
  CHECK(at(.35, -.0) == 0);
  CHECK(at(.86, -.66) > .1F);
  float clavicle = 0;
  for (double y = -.85; y < -.55; y += .01) clavicle = std::max(clavicle, at(.4, y));
  CHECK(clavicle > .08F);
}

TEST_CASE("the spine is dense in the middle, dense and less dense in turn, and nowhere else", "[data]")
{
  const chest_anatomy chest{random_stream{3}};
  double low = 1, high = 0;
  for (double y = -.8; y < .8; y += .005) {
    const double here = thorax::spine(chest, {chest.spine_curve * std::sin(3 * y) + .02, y});
    low = std::min(low, here);
    high = std::max(high, here);
    CHECK(thorax::spine(chest, {.4, y}) == 0);
  }
  CHECK(low >= 0);
  CHECK(high > .08);
  CHECK(high > low + .04);
}
