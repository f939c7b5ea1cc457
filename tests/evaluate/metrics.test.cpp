// SPDX-License-Identifier: MIT

#include <thorax/evaluate/metrics.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <optional>
#include <string>

namespace {

/// statsmodels' Wilson interval; none where there is no film to divide by.
void check_interval(const std::optional<thorax::interval>& found, std::optional<double> low, std::optional<double> high)
{
  REQUIRE(found.has_value() == low.has_value());
  if (!found) return;
  CHECK(std::abs(found->low - *low) < 1e-12);
  CHECK(std::abs(found->high - *high) < 1e-12);
}

}  // namespace

TEST_CASE("metrics are scikit-learn's and NumPy's numbers", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::metrics found = thorax::metrics_of(golden::predictions_of(of));
    const auto number = [&](const std::string& key) { return expected.at({of.name, key}); };
    CHECK(found.n == of.films);
    CHECK(std::abs(found.accuracy - number("accuracy").value()) < 1e-15);
    CHECK(std::abs(found.macro_f1 - number("macro_f1").value()) < 1e-12);
    CHECK(std::abs(found.log_loss - number("log_loss").value()) < 1e-12);
    CHECK(std::abs(found.auc_keras_micro200 - number("auc_keras_micro200").value()) < 1e-12);
    CHECK(found.macro_auc_ovr.has_value() == number("macro_auc_ovr").has_value());
    if (found.macro_auc_ovr) CHECK(std::abs(*found.macro_auc_ovr - *number("macro_auc_ovr")) < 1e-12);
    REQUIRE(found.findings.size() == of.findings.size());
    for (std::size_t c = 0; c < of.findings.size(); ++c) {
      const thorax::finding_metrics& one = found.findings[c];
      CHECK(one.finding == of.findings[c]);
      CHECK(one.support == found.counts.support(static_cast<int>(c)));
      CHECK(one.precision == found.counts.precision(static_cast<int>(c)));
      CHECK(one.recall == found.counts.recall(static_cast<int>(c)));
      CHECK(one.f1 == found.counts.f1(static_cast<int>(c)));
      check_interval(one.precision_95, number("precision_low " + std::to_string(c)),
                     number("precision_high " + std::to_string(c)));
      check_interval(one.recall_95, number("recall_low " + std::to_string(c)), number("recall_high " + std::to_string(c)));
      CHECK(one.auc_ovr.has_value() == number("auc_ovr " + std::to_string(c)).has_value());
    }
  }
}

TEST_CASE("accuracy lies in its interval", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::metrics found = thorax::metrics_of(golden::predictions_of(of));
    CHECK(found.accuracy_95.low < found.accuracy);
    CHECK(found.accuracy < found.accuracy_95.high);
  }
}

TEST_CASE("films that are rejected or unlabeled are counted and change no measure", "[evaluate]")
{
  thorax::predictions films = golden::predictions_of(golden::rules()[2]);
  const thorax::metrics before = thorax::metrics_of(films);
  films.rows.push_back({.path = "broken.png", .true_finding = 1, .rejected = true, .reason = "cut short"});
  thorax::prediction unknown = films.rows.front();
  unknown.true_finding = -1;
  films.rows.push_back(unknown);
  films.rows.push_back(unknown);
  const thorax::metrics after = thorax::metrics_of(films);
  CHECK(after.rejected == 1);
  CHECK(after.unlabeled == 2);
  CHECK(after.n == before.n);
  CHECK(after.counts == before.counts);
  CHECK(after.log_loss == before.log_loss);
  CHECK(after.macro_auc_ovr == before.macro_auc_ovr);
  CHECK(after.auc_keras_micro200 == before.auc_keras_micro200);
}

TEST_CASE("a probability that rounds to 0 costs 23 bits and not infinity", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 1, .probabilities = {0, 1}});
  CHECK(std::abs(thorax::log_loss(films) - 23 * std::log(2.0)) < 1e-14);
  films.rows.push_back({.path = "b", .true_finding = 1, .predicted = 1, .probabilities = {0, 1}});
  CHECK(std::abs(thorax::log_loss(films) - 11.5 * std::log(2.0)) < 1e-14);
}

TEST_CASE("with films of one finding only, areas are undefined and the rest is measured", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .true_finding = 0, .predicted = 1, .probabilities = {0.25F, 0.75F}});
  const thorax::metrics found = thorax::metrics_of(films);
  CHECK(found.accuracy == 0.5);
  CHECK_FALSE(found.macro_auc_ovr.has_value());
  CHECK_FALSE(found.findings[0].auc_ovr.has_value());
  CHECK(found.findings[1].support == 0);
  CHECK(found.findings[1].recall == 0);
}

TEST_CASE("no film to measure is refused with what there was", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .rejected = true, .reason = "lateral"});
  films.rows.push_back({.path = "b", .predicted = 1, .probabilities = {0.25F, 0.75F}});
  std::string sentence;
  try {
    thorax::metrics_of(films);
  }
  catch (const thorax::error& refused) {
    sentence = refused.what();
    CHECK(refused.code() == thorax::error_code::does_not_fit);
  }
  CHECK(sentence == "metrics: no film to measure; of 2 films 1 were rejected and 1 carry no label; expected at "
                    "least one film with a known finding");
  films.rows.clear();
  CHECK_THROWS_AS(thorax::metrics_of(films), thorax::error);
}
