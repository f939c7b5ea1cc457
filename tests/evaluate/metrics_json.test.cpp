// SPDX-License-Identifier: MIT

#include <thorax/evaluate/metrics_json.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <string>

namespace {

/// The number written after the first `"name": ` of the text.
double number_at(const std::string& text, const std::string& name)
{
  const std::size_t place = text.find('"' + name + "\": ");
  REQUIRE(place != std::string::npos);
  return std::strtod(text.c_str() + place + name.size() + 4, nullptr);
}

}  // namespace

TEST_CASE("calibration is in metrics.json if it is given", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  const std::string text = thorax::metrics_json(thorax::metrics_of(films), "one", thorax::calibration_of(films, 2));
  CHECK(text.find("  \"calibration\": {\n"
                  "    \"brier\": 0.125,\n"
                  "    \"ece\": 0.25,\n"
                  "    \"classwise_ece\": 0.25,\n"
                  "    \"finding_ece\": [\n"
                  "      0.25,\n"
                  "      0.25\n"
                  "    ],\n"
                  "    \"bins\": [\n"
                  "      {\n"
                  "        \"films\": 0,\n"
                  "        \"mean_confidence\": 0,\n"
                  "        \"accuracy\": 0\n"
                  "      },\n"
                  "      {\n"
                  "        \"films\": 1,\n"
                  "        \"mean_confidence\": 0.75,\n"
                  "        \"accuracy\": 1\n"
                  "      }\n"
                  "    ]\n"
                  "  },\n") != std::string::npos);
}

TEST_CASE("intervals by patients are in metrics.json if the metrics have them", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  thorax::metrics found = thorax::metrics_of(films);
  CHECK(thorax::metrics_json(found, "one").find("by_patients") == std::string::npos);
  found.by_patients = thorax::patient_intervals{
    .drawn = {.seed = 7, .resamples = 500}, .accuracy = {}, .macro_f1 = {}, .macro_auc_ovr = {}};
  found.by_patients->accuracy.patients = 45;
  found.by_patients->accuracy.range = thorax::interval{0.25, 0.5};
  found.by_patients->macro_auc_ovr.undefined = 3;
  const std::string text = thorax::metrics_json(found, "one");
  CHECK(text.find("  \"by_patients\": {\n"
                  "    \"patients\": 45,\n"
                  "    \"resamples\": 500,\n"
                  "    \"seed\": \"7\",\n"
                  "    \"confidence\": 0.95,\n"
                  "    \"accuracy\": {\n"
                  "      \"low_high\": [\n"
                  "        0.25,\n"
                  "        0.5\n"
                  "      ],\n"
                  "      \"undefined_resamples\": 0\n"
                  "    },\n") != std::string::npos);
  CHECK(text.find("    \"macro_auc_ovr\": {\n"
                  "      \"low_high\": null,\n"
                  "      \"undefined_resamples\": 3\n"
                  "    }\n"
                  "  },\n") != std::string::npos);
}

TEST_CASE("metrics.json of four films is this text", "[evaluate]")
{
  thorax::predictions films{{"BACTERIAL", "NOR\"MAL"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .true_finding = 0, .predicted = 1, .probabilities = {0.5F, 0.5F}});
  films.rows.push_back({.path = "c", .true_finding = 0, .rejected = true, .reason = "lateral"});
  films.rows.push_back({.path = "d", .predicted = 0, .probabilities = {0.5F, 0.5F}});
  const thorax::metrics found = thorax::metrics_of(films);
  CHECK(thorax::metrics_json(found, "fold 0") ==
        "{\n"
        "  \"format\": \"thorax metrics 1\",\n"
        "  \"split\": \"fold 0\",\n"
        "  \"n\": 2,\n"
        "  \"rejected\": 1,\n"
        "  \"unlabeled\": 1,\n"
        "  \"accuracy\": 0.5,\n"
        "  \"accuracy_95\": [\n"
        "    " + thorax::json_number(found.accuracy_95.low) + ",\n"
        "    " + thorax::json_number(found.accuracy_95.high) + "\n"
        "  ],\n"
        "  \"macro_f1\": 0.3333333333333333,\n"
        "  \"macro_auc_ovr\": null,\n"
        "  \"log_loss\": " + thorax::json_number(found.log_loss) + ",\n"
        "  \"auc_keras_micro200\": " + thorax::json_number(found.auc_keras_micro200) + ",\n"
        "  \"findings\": [\n"
        "    {\n"
        "      \"finding\": \"BACTERIAL\",\n"
        "      \"support\": 2,\n"
        "      \"precision\": 1,\n"
        "      \"recall\": 0.5,\n"
        "      \"f1\": 0.6666666666666666,\n"
        "      \"precision_95\": [\n"
        "        " + thorax::json_number(found.findings[0].precision_95->low) + ",\n"
        "        1\n"
        "      ],\n"
        "      \"recall_95\": [\n"
        "        " + thorax::json_number(found.findings[0].recall_95->low) + ",\n"
        "        " + thorax::json_number(found.findings[0].recall_95->high) + "\n"
        "      ],\n"
        "      \"auc_ovr\": null\n"
        "    },\n"
        "    {\n"
        "      \"finding\": \"NOR\\\"MAL\",\n"
        "      \"support\": 0,\n"
        "      \"precision\": 0,\n"
        "      \"recall\": 0,\n"
        "      \"f1\": 0,\n"
        "      \"precision_95\": [\n"
        "        0,\n"
        "        " + thorax::json_number(found.findings[1].precision_95->high) + "\n"
        "      ],\n"
        "      \"recall_95\": null,\n"
        "      \"auc_ovr\": null\n"
        "    }\n"
        "  ],\n"
        "  \"confusion_matrix\": {\n"
        "    \"rows\": \"label\",\n"
        "    \"columns\": \"prediction\",\n"
        "    \"counts\": [\n"
        "      [\n"
        "        1,\n"
        "        1\n"
        "      ],\n"
        "      [\n"
        "        0,\n"
        "        0\n"
        "      ]\n"
        "    ]\n"
        "  }\n"
        "}\n");
}

TEST_CASE("numbers of metrics.json read back as they were", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::metrics found = thorax::metrics_of(golden::predictions_of(of));
    const std::string text = thorax::metrics_json(found, of.name);
    CHECK(number_at(text, "n") == of.films);
    CHECK(number_at(text, "accuracy") == found.accuracy);
    CHECK(number_at(text, "macro_f1") == found.macro_f1);
    CHECK(number_at(text, "log_loss") == found.log_loss);
    CHECK(number_at(text, "auc_keras_micro200") == found.auc_keras_micro200);
    CHECK(number_at(text, "precision") == found.findings[0].precision);
    if (found.macro_auc_ovr) CHECK(number_at(text, "macro_auc_ovr") == *found.macro_auc_ovr);
    CHECK(text.find("nan") == std::string::npos);
  }
}
