// SPDX-License-Identifier: MIT

#include <thorax/evaluate/confusion_matrix.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstdint>

namespace {

/// ConvNeXtV2-Tiny of github.com/kiselyovd/chest-xray-classifier on the official 624 test films.
thorax::confusion_matrix convnext()
{
  thorax::confusion_matrix counts{{"BACTERIAL", "NORMAL", "VIRAL"}};
  const int films[3][3] = {{238, 1, 3}, {3, 210, 21}, {26, 0, 122}};
  for (int label = 0; label < 3; ++label)
    for (int predicted = 0; predicted < 3; ++predicted) counts.add(label, predicted, films[label][predicted]);
  return counts;
}

}  // namespace

TEST_CASE("a published confusion matrix gives its published measures", "[evaluate]")
{
  const thorax::confusion_matrix counts = convnext();
  CHECK(counts.total() == 624);
  CHECK(counts.correct() == 570);
  CHECK(std::abs(counts.accuracy() - 0.91346) < 5e-6);
  CHECK(std::abs(counts.macro_f1() - 0.90297) < 5e-6);
  CHECK(counts.recall(0) == 238.0 / 242);
  CHECK(counts.recall(2) == 122.0 / 148);
  CHECK(counts.precision(0) == 238.0 / 267);
  CHECK(counts.support(1) == 234);
  CHECK(counts.predicted(1) == 211);
  CHECK(counts(1, 2) == 21);
  CHECK(counts(2, 1) == 0);
}

TEST_CASE("a finding without a film or a prediction has 0 for every quotient", "[evaluate]")
{
  thorax::confusion_matrix counts{{"A", "B"}};
  CHECK(counts.accuracy() == 0);
  counts.add(0, 0, 3);
  CHECK(counts.precision(1) == 0);
  CHECK(counts.recall(1) == 0);
  CHECK(counts.f1(1) == 0);
  CHECK(counts.f1(0) == 1);
  CHECK(counts.macro_f1() == 0.5);
  CHECK(counts.accuracy() == 1);
}

TEST_CASE("rows and columns of any confusion matrix add up, and accuracy is its trace", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name << ", seed " << of.seed);
    const thorax::predictions films = golden::predictions_of(of);
    const thorax::confusion_matrix counts = thorax::confusion_of(films);
    std::int64_t labels = 0;
    std::int64_t answers = 0;
    for (int c = 0; c < counts.size(); ++c) {
      labels += counts.support(c);
      answers += counts.predicted(c);
      const double p = counts.precision(c);
      const double r = counts.recall(c);
      if (p + r > 0) CHECK(std::abs(counts.f1(c) - 2 * p * r / (p + r)) < 1e-15);
    }
    CHECK(labels == of.films);
    CHECK(answers == of.films);
    int right = 0;
    for (const thorax::prediction& film : films.rows) right += film.true_finding == film.predicted;
    CHECK(counts.correct() == right);
    CHECK(counts.accuracy() == static_cast<double>(right) / of.films);
  }
}

TEST_CASE("accuracy and macro F1 are scikit-learn's", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::confusion_matrix counts = thorax::confusion_of(golden::predictions_of(of));
    CHECK(std::abs(counts.accuracy() - expected.at({of.name, "accuracy"}).value()) < 1e-15);
    CHECK(std::abs(counts.macro_f1() - expected.at({of.name, "macro_f1"}).value()) < 1e-12);
  }
}

TEST_CASE("films that were rejected or have no label are not counted", "[evaluate]")
{
  thorax::predictions films = golden::predictions_of(golden::rules().front());
  const thorax::confusion_matrix all = thorax::confusion_of(films);
  films.rows[0].rejected = true;
  films.rows[1].true_finding = -1;
  const thorax::confusion_matrix fewer = thorax::confusion_of(films);
  CHECK(fewer.total() == all.total() - 2);
  CHECK_FALSE(fewer == all);
}

TEST_CASE("indices outside the findings are refused", "[evaluate]")
{
  thorax::confusion_matrix counts = convnext();
  CHECK_THROWS_AS(counts.add(3, 0), thorax::error);
  CHECK_THROWS_AS(counts.add(0, -1), thorax::error);
  CHECK_THROWS_AS(counts.add(0, 0, -1), thorax::error);
  CHECK(counts == convnext());
  CHECK_THROWS_AS(thorax::confusion_matrix{{"ONE"}}, thorax::error);
}
