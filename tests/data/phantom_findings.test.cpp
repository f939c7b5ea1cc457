// SPDX-License-Identifier: MIT
#include <thorax/data/phantom_findings.hpp>

#include "support/catch.hpp"

#include <cmath>    // abs
#include <numeric>  // accumulate

using thorax::body_point;
using thorax::body_pose;
using thorax::chest_anatomy;
using thorax::film_layer;
using thorax::random_stream;

TEST_CASE("a lobar opacity fills one region of one lung and leaves the other free", "[data]")
{
  for (std::uint64_t film = 0; film < 100; ++film) {
    const chest_anatomy chest{random_stream{5} / film};
    const thorax::lobar_opacity opacity{chest, random_stream{6} / film};
    const double side = opacity.middle().x < 0 ? -1 : 1;
    double here = 0, there = 0;
    for (double y = -.6; y < .5; y += .03)
      for (double x = .2; x < .7; x += .03) {
        const double dense = opacity.at({side * x, y});
        REQUIRE(dense >= 0);
        REQUIRE(dense <= 1);
        here = std::max(here, dense);
        there = std::max(there, opacity.at({-side * x, y}));
      }
    INFO("film " << film);
    CHECK(here > .6);
    CHECK(there < .1);
    CHECK(std::abs(opacity.middle().x) < thorax::lung_reach(chest, opacity.middle().y));
  }
}

TEST_CASE("opacities lie on both sides and at all heights", "[data]")
{
  int left = 0, high = 0, low = 0;
  for (std::uint64_t film = 0; film < 300; ++film) {
    const thorax::lobar_opacity opacity{chest_anatomy{random_stream{5}}, random_stream{6} / film};
    left += opacity.middle().x < 0 ? 1 : 0;
    high += opacity.middle().y < -.2 ? 1 : 0;
    low += opacity.middle().y > .1 ? 1 : 0;
  }
  CHECK(left > 120);
  CHECK(left < 210);
  CHECK(high > 60);
  CHECK(low > 60);
}

TEST_CASE("streaks reach both lungs and hardly change their mean density", "[data]")
{
  for (std::uint64_t film = 0; film < 30; ++film) {
    const thorax::diffuse_streaks streaks{random_stream{8} / film};
    for (const double side : {-1.0, 1.0}) {
      double sum = 0, largest = 0;
      int places = 0;
      for (double y = -.5; y < .4; y += .01)
        for (double x = .15; x < .6; x += .01, ++places) {
          const double here = streaks.at({side * x, y});
          sum += here;
          largest = std::max(largest, here);
        }
      INFO("film " << film << ", mean " << sum / places << ", largest " << largest);
      CHECK(std::abs(sum / places) < .05);
      CHECK(largest > .08);
    }
  }
}

TEST_CASE("vessels and cuffs leave the hila to both sides", "[data]")
{
  const body_pose pose{200, 0, 1, 1, {0, 0}};
  film_layer vessels{200}, cuffs{200};
  thorax::draw_branches({}, pose, random_stream{2}, vessels);
  thorax::diffuse_streaks{random_stream{2}}.draw_cuffs(pose, random_stream{3}, cuffs);
  for (const film_layer* layer : {&vessels, &cuffs}) {
    double left = 0, right = 0;
    for (int y = 0; y < 200; ++y)
      for (int x = 0; x < 100; ++x) {
        left += static_cast<double>(layer->at(y, x));
        right += static_cast<double>(layer->at(y, 199 - x));
      }
    CHECK(left > 10);
    CHECK(right > 10);
    CHECK(left / right < 2);
    CHECK(right / left < 2);
  }
  CHECK(std::accumulate(cuffs.values.begin(), cuffs.values.end(), 0.0F) >
        std::accumulate(vessels.values.begin(), vessels.values.end(), 0.0F));
}
