// SPDX-License-Identifier: MIT
#include <thorax/evaluate/fold_spread.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>  // abs, sqrt
#include <string>
#include <vector>

using thorax::fold_spread;
using thorax::fold_spread_of;
using thorax::prediction;
using thorax::predictions;

namespace {

prediction film(int fold, int label, int predicted)
{
  prediction one{.path = "f.png", .fold = fold, .true_finding = label, .predicted = predicted};
  one.probabilities = predicted == 0 ? std::vector<float>{.75F, .25F} : std::vector<float>{.25F, .75F};
  return one;
}

/// Accuracies 1, 1/2 and 3/4, of folds of 2, 4 and 4 films.
predictions some_films()
{
  return {{"A", "B"},
          {film(7, 0, 0), film(0, 0, 0), film(0, 1, 1), film(3, 0, 0), film(3, 0, 1), film(3, 1, 1), film(3, 1, 0),
           film(7, 0, 0), film(7, 1, 1), film(7, 1, 0)}};
}

}  // namespace

TEST_CASE("folds are measured apart and averaged whatever their size, with the deviation of a sample", "[evaluate]")
{
  const fold_spread found = fold_spread_of(some_films());
  REQUIRE(found.folds.size() == 3);
  CHECK(found.folds[0].fold == 0);
  CHECK(found.folds[1].fold == 3);
  CHECK(found.folds[2].fold == 7);
  CHECK(found.folds[0].n == 2);
  CHECK(found.folds[2].n == 4);
  CHECK(found.folds[0].found.accuracy == 1);
  CHECK(found.folds[1].found.accuracy == .5);
  CHECK(found.folds[2].found.accuracy == .75);
  CHECK(std::abs(found.mean.accuracy - .75) < 1e-15);  // of all ten films 0.7
  CHECK(std::abs(found.standard_deviation.accuracy - .25) < 1e-15);
  REQUIRE(found.mean.macro_auc_ovr);
  CHECK(std::abs(*found.mean.macro_auc_ovr - (1 + .5 + .75) / 3) < 1e-15);
  const double sure = -std::log(.75), wrong = -std::log(.25);
  CHECK(std::abs(found.folds[2].found.log_loss - (3 * sure + wrong) / 4) < 1e-7);
}

TEST_CASE("an area that one fold does not have has no mean", "[evaluate]")
{
  predictions films = some_films();
  films.rows.push_back(film(9, 0, 0));
  const fold_spread found = fold_spread_of(films);
  CHECK_FALSE(found.mean.macro_auc_ovr);
  CHECK_FALSE(found.standard_deviation.macro_auc_ovr);
  CHECK(found.folds[0].found.macro_auc_ovr);
  CHECK(folds_json(found).find("\"macro_auc_ovr\": null") != std::string::npos);
  CHECK(spread_table(found).find("undefined") != std::string::npos);
}

TEST_CASE("one fold has no deviation, and a fold without a film to measure is named as such", "[evaluate]")
{
  predictions films = some_films();
  for (prediction& each : films.rows) each.fold = 4;
  CHECK(refuses(thorax::error_code::does_not_fit, "expected films of at least 2 folds, found 1",
                [&] { (void)fold_spread_of(films); }));
  films.rows.back() = {.path = "g.png", .fold = 5, .rejected = true, .reason = "damaged"};
  CHECK(refuses(thorax::error_code::does_not_fit, "no film to measure", [&] { (void)fold_spread_of(films); }));
}

TEST_CASE("the table says what the deviation is not, and the JSON what each number is", "[evaluate]")
{
  const fold_spread found = fold_spread_of(some_films());
  CHECK(spread_table(found) ==
        "              fold  films   accuracy   macro F1  macro AUC   log loss\n"
        "                 0      2      1.000      1.000      1.000      0.288\n"
        "                 3      4      0.500      0.500      0.500      0.837\n"
        "                 7      4      0.750      0.733      0.750      0.562\n"
        "              mean             0.750      0.744      0.750      0.562\n"
        "standard deviation             0.250      0.250      0.250      0.275\n"
        "The deviation says how much folds differ; it is no interval.\n");
  const std::string json = folds_json(found);
  for (const char* text : {"\"format\": \"thorax folds 1\"", "\"fold\": 7", "\"n\": 4", "\"accuracy\": 0.5",
                           "\"mean\": {\n    \"accuracy\": 0.75", "\"standard_deviation\": {\n    \"accuracy\": 0.25"})
    CHECK(json.find(text) != std::string::npos);
}
