// SPDX-License-Identifier: MIT
#include <thorax/evaluate/exposure.hpp>

#include "support/catch.hpp"

#include <optional>
#include <string>
#include <vector>

using thorax::content_key;
using thorax::exposure_of;
using thorax::film_use;
using thorax::fold_roster;
using thorax::seen_films;

namespace {

const std::vector<fold_roster> rosters{{0, 9, {0, 1}}, {1, 9, {0, 2}}, {2, 9, {0, 3}}, {3, 9, {0, 4}}};

seen_films some_films()
{
  seen_films seen;
  for (const fold_roster& each : rosters)
    seen.folds.push_back({each.fold, each.films, each.content.text(),
                          each.fold == 0 ? film_use::test : each.fold == 1 ? film_use::validation : film_use::training});
  return seen;
}

using sentences = std::vector<std::string>;

}  // namespace

TEST_CASE("each fold is said to be untouched, chosen on or trained on", "[evaluate]")
{
  CHECK(exposure_of(some_films(), rosters, 0) == sentences{"fold 0: never seen in training or choosing"});
  CHECK(exposure_of(some_films(), rosters, 1) == sentences{"fold 1: the epoch was chosen on it"});
  CHECK(exposure_of(some_films(), rosters, 3) == sentences{"fold 3: trained on"});
  CHECK(exposure_of(some_films(), rosters, std::nullopt) ==
        sentences{"fold 0: never seen in training or choosing", "fold 1: the epoch was chosen on it",
                  "folds 2 and 3: trained on"});
}

TEST_CASE("a fold is known by its films whatever its number is now, and not known with others", "[evaluate]")
{
  std::vector<fold_roster> moved = rosters;
  moved[0].fold = 7;
  CHECK(exposure_of(some_films(), moved, 7) == sentences{"fold 7: never seen in training or choosing"});
  moved[2].content = {5, 5};
  CHECK(exposure_of(some_films(), moved, 2) ==
        sentences{"fold 2: not known to these weights, which were made with another split or other films"});
  CHECK(exposure_of(some_films(), {}, std::nullopt) ==
        sentences{"these films are in no fold, so nobody knows whether the weights saw them"});
  CHECK(exposure_of(std::nullopt, rosters, 0) ==
        sentences{"these weights do not say which films they were trained on and chosen by"});
}

TEST_CASE("a test fold is vouched for only if all that was seen is known to be elsewhere", "[evaluate]")
{
  seen_films seen = some_films();
  seen.complete = false;
  CHECK(exposure_of(seen, rosters, 0) == sentences{"fold 0: never seen in training or choosing; the weights that training "
                                                   "began with do not say what they saw"});
  seen = some_films();
  seen.folds.push_back({1, 9, "films of another split", film_use::training});
  CHECK(exposure_of(seen, rosters, 0) ==
        sentences{"fold 0: set aside in the last training, but earlier ones had films of another split"});
  CHECK(exposure_of(seen, rosters, 2) == sentences{"fold 2: trained on"});
  seen.folds.back().use = film_use::test;
  CHECK(exposure_of(seen, rosters, 0) == sentences{"fold 0: never seen in training or choosing"});
}

TEST_CASE("a leaky split is said beside whatever else is", "[evaluate]")
{
  seen_films seen = some_films();
  seen.leaky = true;
  const sentences said = exposure_of(seen, rosters, 1);
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "fold 1: the epoch was chosen on it");
  CHECK(said[1].starts_with("leaky split: "));
}
