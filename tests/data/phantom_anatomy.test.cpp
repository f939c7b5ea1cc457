// SPDX-License-Identifier: MIT
#include <thorax/data/phantom_anatomy.hpp>

#include "support/catch.hpp"

#include <cstdint>

using thorax::body_point;
using thorax::chest_anatomy;
using thorax::lung_side;
using thorax::random_stream;

TEST_CASE("every drawn child has lungs beside a heart, above a diaphragm, within a body", "[data]")
{
  for (std::uint64_t child = 0; child < 200; ++child) {
    const chest_anatomy chest{random_stream{9} / child};
    INFO("child " << child);
    for (const double side : {-1.0, 1.0}) {
      CHECK(thorax::lung_air(chest, {side * .42, -.15}) > .7);
      CHECK(thorax::lung_air(chest, {side * .42, .98}) == 0);
      CHECK(thorax::lung_air(chest, {side * .99, 0}) == 0);
      CHECK(thorax::lung_air(chest, {side * .42, -.95}) == 0);
      CHECK(thorax::soft_tissue(chest, {side * .3, .2}) > .8);
      CHECK(thorax::soft_tissue(chest, {side * 1.6, .2}) == 0);
    }
    CHECK(thorax::mediastinum(chest, {.15, .2}) > .95);  // the heart lies to the right of the film
    CHECK(thorax::mediastinum(chest, {.40, .25}) > thorax::mediastinum(chest, {-.40, .25}));
    CHECK(thorax::mediastinum(chest, {.6, -.4}) < .05);
    const double liver_dome = thorax::diaphragm(chest, lung_side::left_on_film, .36);
    CHECK(liver_dome < thorax::diaphragm(chest, lung_side::right_on_film, .36));
    CHECK(liver_dome < thorax::diaphragm(chest, lung_side::left_on_film, .7));
    CHECK(thorax::other_air(chest, {.012, -.6}) > .4);  // the windpipe
  }
}

TEST_CASE("lungs widen from their tips downward", "[data]")
{
  const chest_anatomy chest{random_stream{1}};
  double last = 0;
  for (double y = chest.apex + .01; y < .4; y += .01) {
    const double reach = thorax::lung_reach(chest, y);
    CHECK(reach >= last);
    last = reach;
  }
  CHECK(thorax::lung_reach(chest, chest.apex) == 0);
}

TEST_CASE("children differ, and each is the same again", "[data]")
{
  const chest_anatomy one{random_stream{1}}, same{random_stream{1}}, other{random_stream{2}};
  CHECK(one.lung_width == same.lung_width);
  CHECK(one.rib_drop == same.rib_drop);
  CHECK(one.lung_width != other.lung_width);
  CHECK(one.dome[0] != other.dome[0]);
}
