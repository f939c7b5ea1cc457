// SPDX-License-Identifier: MIT

#include <thorax/evaluate/at_prevalence.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

TEST_CASE("measures where findings are equally common are scikit-learn's with sample weights", "[evaluate]")
{
  const auto numbers = golden::numbers();
  int cases = 0;
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    if (!numbers.contains({of.name, "even accuracy"})) continue;
    ++cases;
    const thorax::predictions films = golden::predictions_of(of);
    const std::vector<double> even(of.findings.size(), 1 / static_cast<double>(of.findings.size()));
    const thorax::at_prevalence found = thorax::measures_at_prevalence(films, thorax::label_shares(films), even);
    const auto expected = [&](const std::string& key) { return numbers.at({of.name, "even " + key}).value(); };
    CHECK(std::abs(found.as_answered.accuracy - expected("accuracy")) < 1e-12);
    CHECK(std::abs(found.as_answered.log_loss - expected("log_loss")) < 1e-6);  // what 2^-23 counts as differs
    CHECK(std::abs(found.corrected.log_loss - expected("corrected log_loss")) < 1e-6);
    for (std::size_t k = 0; k < of.findings.size(); ++k)
      CHECK(std::abs(found.as_answered.precision[k].value_or(0) - expected("precision " + std::to_string(k))) <
            1e-12);
  }
  CHECK(cases >= 8);
}

TEST_CASE("at the shares that the films have, measures are those of the films", "[evaluate]")
{
  const thorax::predictions films = golden::predictions_of(golden::rules()[2]);
  const std::vector<double> shares = thorax::label_shares(films);
  const thorax::at_prevalence same = thorax::measures_at_prevalence(films, shares, shares);
  const thorax::metrics found = thorax::metrics_of(films);
  for (const thorax::weighted_measures* each : {&same.as_answered, &same.corrected}) {
    CHECK(std::abs(each->accuracy - found.accuracy) < 1e-12);
    CHECK(std::abs(each->log_loss - found.log_loss) < 1e-6);
    for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(*each->precision[k] - found.findings[k].precision) < 1e-12);
  }
}

TEST_CASE("by hand: what is rare makes calls of it worth less", "[evaluate]")
{
  // Three of four ill films and three of four healthy ones are answered right; one film in ten is ill.
  thorax::predictions films{{"ILL", "NORMAL"}, {}};
  for (int i = 0; i < 4; ++i) {
    const bool right = i > 0;
    films.rows.push_back({.path = "i",
                          .true_finding = 0,
                          .predicted = right ? 0 : 1,
                          .probabilities = right ? std::vector{0.75F, 0.25F} : std::vector{0.25F, 0.75F}});
    films.rows.push_back({.path = "n",
                          .true_finding = 1,
                          .predicted = right ? 1 : 0,
                          .probabilities = right ? std::vector{0.25F, 0.75F} : std::vector{0.75F, 0.25F}});
  }
  const thorax::at_prevalence found = thorax::measures_at_prevalence(films, {0.5, 0.5}, {0.1, 0.9});
  CHECK(std::abs(*found.as_answered.precision[0] - 0.075 / (0.075 + 0.225)) < 1e-12);
  CHECK(std::abs(found.as_answered.accuracy - 0.75) < 1e-12);
  CHECK(!found.corrected.precision[0]);  // 0.75 * 0.1 is less than 0.25 * 0.9: never answered
  CHECK(found.corrected.recall[0] == 0);
  CHECK(std::abs(found.corrected.accuracy - 0.9) < 1e-12);
  CHECK(found.corrected.log_loss < found.as_answered.log_loss);
  std::istringstream lines{thorax::prevalence_table(found)};
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}

TEST_CASE("a share of a finding that no film shows is refused", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  CHECK(refuses(thorax::error_code::does_not_fit, "a share of 0.100 is stated for 'B'", [&] {
    static_cast<void>(thorax::measures_at_prevalence(films, {0.5, 0.5}, {0.9, 0.1}));
  }));
}
