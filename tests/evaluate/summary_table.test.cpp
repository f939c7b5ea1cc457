// SPDX-License-Identifier: MIT

#include <thorax/evaluate/summary_table.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <sstream>
#include <string>
#include <vector>

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

TEST_CASE("an undefined area is called so", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  const std::string text = thorax::summary_table(thorax::metrics_of(films), "one film");
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
