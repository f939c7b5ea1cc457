// SPDX-License-Identifier: MIT

#include <thorax/evaluate/evaluation.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <string>

TEST_CASE("an evaluation holds what its parts say", "[evaluate]")
{
  thorax::predictions films = golden::predictions_of(golden::rules()[2]);
  films.temperature = 1.5;
  const thorax::evaluation whole =
    thorax::evaluation_of(films, "NORMAL", thorax::stated_shares{{}, {0.3, 0.5, 0.2}});
  CHECK(whole.found.accuracy == thorax::metrics_of(films).accuracy);
  CHECK(whole.found.by_patients.has_value());
  CHECK(whole.trusted->ece == thorax::calibration_of(films).ece);
  CHECK(whole.temperature == 1.5);
  CHECK(whole.curves.size() == 4);
  CHECK(whole.views.size() == 4);
  CHECK(whole.prevalence->learned == thorax::label_shares(films));
  CHECK(whole.prevalence->stated[1] == 0.5);
  CHECK((!whole.leaky && !whole.flips && !whole.against));
}

TEST_CASE("findings that do not exclude each other are not called calibrated", "[evaluate]")
{
  thorax::predictions films = golden::predictions_of(golden::rules()[2]);
  films.findings_exclude_each_other = false;
  const thorax::evaluation whole = thorax::evaluation_of(films);
  CHECK(!whole.trusted);
  CHECK(whole.views.size() == 3);
  CHECK(!whole.prevalence);
}

TEST_CASE("a comparison says who was right alone, and how likely that is by chance", "[evaluate]")
{
  const std::string words = thorax::comparison_sentence({"other.csv", thorax::mcnemar(2, 12)});
  for (const char* expected :
       {"Against other.csv:", "only this network right on 2, only the other on 12", "probability 0.0129 "})
    CHECK(words.find(expected) != std::string::npos);
  CHECK(thorax::comparison_sentence({"x", thorax::mcnemar(0, 100)}).find("below 0.0001") != std::string::npos);
}
