// SPDX-License-Identifier: MIT

#include <thorax/evaluate/summary_table.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace {

struct predictions_of_one {
  thorax::predictions all{{"A", "B"}, {}};
  predictions_of_one()
  {
    all.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  }
};

}  // namespace

TEST_CASE("a summary gives the numbers with their n and interval, and the confusion matrix", "[evaluate]")
{
  thorax::predictions films{{"BACTERIAL", "NORMAL", "VIRAL"}, {}};
  const int counts[3][3] = {{238, 1, 3}, {3, 210, 21}, {26, 0, 122}};
  for (int label = 0; label < 3; ++label)
    for (int predicted = 0; predicted < 3; ++predicted)
      for (int i = 0; i < counts[label][predicted]; ++i) {
        std::vector<float> certain(3);
        certain[static_cast<std::size_t>(predicted)] = 1;
        films.rows.push_back({.true_finding = label, .predicted = predicted, .probabilities = certain});
      }
  const std::string text = thorax::summary_table(thorax::metrics_of(films), "official test");
  CHECK(text.starts_with("official test: 624 films measured, 0 rejected, 0 without a label\n"
                         "accuracy   0.913  (570 of 624, 95 % interval 0.889 to 0.933)\n"
                         "macro F1   0.903\n"
                         "macro AUC  0.9"));
  CHECK(text.ends_with("\n\n"
                       "label \\ predicted    0    1    2\n"
                       "      0 BACTERIAL  238    1    3\n"
                       "         1 NORMAL    3  210   21\n"
                       "          2 VIRAL   26    0  122\n"));
}

TEST_CASE("intervals by patients stand behind the numbers when there are some", "[evaluate]")
{
  thorax::patient_intervals found{.drawn = {.resamples = 500}, .accuracy = {}, .macro_f1 = {}, .macro_auc_ovr = {}};
  found.accuracy.patients = 45;
  found.accuracy.range = thorax::interval{0.25, 0.5};
  found.macro_f1.range = thorax::interval{0.125, 1};
  CHECK(thorax::interval_lines(found) == "by patients, 500 draws of 45, 95 % intervals:\n"
                                         "  accuracy 0.250 to 0.500, macro F1 0.125 to 1.000\n"
                                         "  macro AUC undefined\n");
  predictions_of_one films;
  thorax::metrics measured = thorax::metrics_of(films.all);
  CHECK(thorax::summary_table(measured, "one film").find("by patients") == std::string::npos);
  CHECK(thorax::summary_table(measured, "one film", thorax::calibration_of(films.all))
          .find("\ncalibration error 0.250 in 15 bins, Brier score 0.125\n") != std::string::npos);
  measured.by_patients = found;
  CHECK(thorax::summary_table(measured, "one film").find("by patients, 500 draws") != std::string::npos);
}

TEST_CASE("precision and recall stand with their intervals, or with no film", "[evaluate]")
{
  const std::string text = thorax::proportion_table(thorax::metrics_of(predictions_of_one{}.all));
  CHECK(text == "   with 95 % intervals               precision                  recall\n"
                "                     A  1.000 (0.207 to 1.000)  1.000 (0.207 to 1.000)\n"
                "                     B                 no film                 no film\n");
}

TEST_CASE("the two areas cannot be taken for each other", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .true_finding = 1, .predicted = 0, .probabilities = {0.625F, 0.375F}});
  const std::string text = thorax::summary_table(thorax::metrics_of(films), "two films");
  CHECK(text.find("macro AUC  1.000  (exact, one finding against the rest)\n"
                  "Keras AUC  0.750  (micro, 200 thresholds; only for Keras' logs)\n") != std::string::npos);
}

TEST_CASE("an undefined area is called so", "[evaluate]")
{
  const std::string text = thorax::summary_table(thorax::metrics_of(predictions_of_one{}.all), "one film");
  CHECK(text.find("macro AUC  undefined") != std::string::npos);
}

TEST_CASE("a summary of ten findings fits 80 columns", "[evaluate]")
{
  thorax::predictions films{{}, {}};
  for (int c = 0; c < 10; ++c) films.findings.push_back("finding " + std::to_string(c));
  const std::vector<float> even(10, 0.1F);
  films.rows.push_back({.path = "a", .true_finding = 9, .predicted = 9, .probabilities = even});
  films.rows.resize(9999, films.rows.front());
  std::istringstream lines{thorax::summary_table(thorax::metrics_of(films), "patient_fold 0")};
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}
