// SPDX-License-Identifier: MIT

#include <thorax/evaluate/evaluation_json.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace {

using nlohmann::json;

thorax::evaluation whole_evaluation()
{
  const thorax::predictions films = golden::predictions_of(golden::rules()[2]);
  thorax::evaluation whole =
    thorax::evaluation_of(films, "NORMAL", thorax::stated_shares{{1. / 3, 1. / 3, 1. / 3}, {0.3, 0.5, 0.2}});
  whole.split = "fold 0";
  whole.network = "a net";
  whole.notes = {"one", "\"two\""};
  whole.leaky = true;
  whole.against = thorax::compared_network{"other.csv", thorax::mcnemar(films, films)};
  return whole;
}

}  // namespace

TEST_CASE("metrics.json has every number of an evaluation under its key", "[evaluate]")
{
  const thorax::evaluation whole = whole_evaluation();
  const json read = json::parse(thorax::evaluation_json(whole));
  CHECK(read["format"] == "thorax metrics 1");
  CHECK(read["n"] == whole.found.n);
  CHECK(read["accuracy"].get<double>() == whole.found.accuracy);
  CHECK(read["leaky"] == true);
  CHECK(read["flips"] == false);
  CHECK(read["temperature"] == 1);
  CHECK(read["notes"][1] == "\"two\"");
  CHECK(read["curves"].size() == 4);
  CHECK(read["curves"][3]["auc"].get<double>() == *whole.curves[3].area);
  CHECK(read["curves"][0]["average_precision"].get<double>() == *whole.curves[0].average_precision);
  CHECK(read["curves"][1]["auc_by_patients"]["low_high"][0].get<double>() == whole.scores.auc[1].range->low);
  CHECK(!read["curves"][3].contains("auc_by_patients"));
  CHECK(read["scores_by_patients"]["ece"]["low_high"][1].get<double>() == whole.scores.ece->range->high);
  REQUIRE(read["operating_points"].size() == 4);
  const json& pneumonia = read["operating_points"][3];
  CHECK(pneumonia["positive"] == "BACTERIAL or VIRAL");
  CHECK(pneumonia["points"][0]["threshold"].is_null());
  CHECK(pneumonia["points"][1]["rule"] == "youden");
  CHECK(pneumonia["points"][1]["threshold"].get<double>() == *whole.views[3].youden.threshold);
  CHECK(pneumonia["points"][2]["sensitivity"].get<double>() == whole.views[3].sensitive.sensitivity.value);
  CHECK(pneumonia["points"][2]["sensitivity_95"][0].get<double>() ==
        whole.views[3].sensitive.sensitivity.range_95.low);
  CHECK(read["at_prevalence"]["stated"]["NORMAL"] == 0.5);
  CHECK(read["at_prevalence"]["corrected"]["accuracy"].get<double>() == whole.prevalence->corrected.accuracy);
  CHECK(read["against"]["file"] == "other.csv");
  CHECK(read["against"]["both_right"] == whole.found.counts.correct());
  CHECK(read["against"]["mcnemar_exact_p"] == 1);
}

TEST_CASE("what was not asked for has no key", "[evaluate]")
{
  thorax::evaluation whole = whole_evaluation();
  whole.prevalence.reset();
  whole.against.reset();
  const json read = json::parse(thorax::evaluation_json(whole));
  CHECK(!read.contains("at_prevalence"));
  CHECK(!read.contains("against"));
}
