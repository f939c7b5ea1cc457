// SPDX-License-Identifier: MIT
#include <thorax/data/fold_rosters.hpp>

#include "support/catch.hpp"

#include <algorithm>  // reverse
#include <vector>

using thorax::content_key;
using thorax::dataset;
using thorax::fold_roster;
using thorax::fold_rosters;

namespace {

dataset some_films()
{
  dataset films{{"A"}, {}, {}, 0, false, {}};
  films.films = {{"1.png", 0, "a", 2, content_key{1, 1}}, {"2.png", 0, "b", 0, content_key{2, 2}},
                 {"3.png", 0, "c", 2, content_key{3, 3}}, {"4.png", 0, "d", -1, content_key{4, 4}}};
  return films;
}

}  // namespace

TEST_CASE("a fold is known by what its films hold, not by their order, names and number", "[data]")
{
  const std::vector<fold_roster> rosters = fold_rosters(some_films());
  REQUIRE(rosters.size() == 2);
  CHECK(rosters[0].fold == 0);
  CHECK(rosters[0].films == 1);
  CHECK(rosters[1].fold == 2);
  CHECK(rosters[1].films == 2);
  CHECK(rosters[0].content != rosters[1].content);
  dataset other = some_films();
  std::reverse(other.films.begin(), other.films.end());
  for (thorax::film& each : other.films) {
    each.path = "other";
    if (each.fold == 2) each.fold = 5;
  }
  CHECK(fold_rosters(other)[1].content == rosters[1].content);
}

TEST_CASE("another film, one more, a copy more and one that cannot be read make other folds", "[data]")
{
  const content_key before = fold_rosters(some_films())[1].content;
  dataset films = some_films();
  films.films[0].content = content_key{1, 9};
  CHECK(fold_rosters(films)[1].content != before);
  films = some_films();
  films.films.push_back(films.films[0]);
  CHECK(fold_rosters(films)[1].content != before);
  films = some_films();
  films.films[2].content.reset();
  CHECK(fold_rosters(films)[1].content != before);
  CHECK(fold_rosters(films)[1].films == 2);
}
