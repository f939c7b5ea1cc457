// SPDX-License-Identifier: MIT

#include <thorax/evaluate/patient_bootstrap.hpp>

#include <thorax/evaluate/auc.hpp>
#include <thorax/evaluate/confusion_matrix.hpp>

#include "evaluate/golden_intervals.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using thorax::bootstrap_interval;
using thorax::error_code;
using thorax::patient_bootstrap;

/// By the rule `films` of tests/golden/intervals_golden.py.
thorax::predictions drawn_films(std::uint64_t seed)
{
  const thorax::random_stream stream{seed};
  thorax::predictions drawn{{"A", "B", "C"}, {}};
  for (std::uint64_t i = 0; i < 90; ++i) {
    const std::uint64_t patient = stream.below(5 * i, 40);
    thorax::prediction row{.path = std::to_string(i), .true_finding = static_cast<int>(patient % 3)};
    std::vector<std::uint64_t> ticks;
    for (std::uint64_t c = 0; c < 3; ++c)
      ticks.push_back(1 + stream.below(5 * i + 1 + c, 20) + (patient % 3 == c ? 8 : 0));
    const double total = static_cast<double>(ticks[0] + ticks[1] + ticks[2]);
    for (const std::uint64_t tick : ticks)
      row.probabilities.push_back(static_cast<float>(static_cast<double>(tick) / total));
    const auto largest = std::max_element(row.probabilities.begin(), row.probabilities.end());
    row.predicted = static_cast<int>(largest - row.probabilities.begin());
    if (stream.below(5 * i + 4, 5) != 0) row.patient = "P" + std::to_string(patient);
    drawn.rows.push_back(row);
  }
  return drawn;
}

thorax::prediction answer(const std::string& patient, int label, int predicted)
{
  thorax::prediction row{.path = "x", .patient = patient, .true_finding = label, .predicted = predicted};
  row.probabilities = predicted == 0 ? std::vector<float>{0.75F, 0.25F} : std::vector<float>{0.25F, 0.75F};
  return row;
}

thorax::predictions two_findings(std::vector<thorax::prediction> rows)
{
  return {{"NORMAL", "PNEUMONIA"}, std::move(rows)};
}

double accuracy(const thorax::predictions& films) { return thorax::confusion_of(films).accuracy(); }

/// Accuracy from places in the rows.
struct accuracy_at {
  const thorax::predictions& films;

  double operator()(std::span<const std::size_t> places) const
  {
    double right = 0;
    for (const std::size_t i : places) right += films.rows[i].predicted == films.rows[i].true_finding;
    return right / static_cast<double>(places.size());
  }
};

bool same(const bootstrap_interval& a, const bootstrap_interval& b)
{
  return a.value == b.value && a.range.has_value() == b.range.has_value() && a.undefined == b.undefined &&
         (!a.range || (a.range->low == b.range->low && a.range->high == b.range->high));
}

/// 40 patients of 1 to 6 films. Each is easy or hard: 19 of 20 films are right, or 9, so 0.7 of all.
thorax::predictions drawn_patients(std::uint64_t seed)
{
  const thorax::random_stream study{seed};
  thorax::predictions drawn = two_findings({});
  for (std::uint64_t p = 0; p < 40; ++p) {
    const thorax::random_stream stream = study / p;
    const int label = static_cast<int>(p % 2);
    const double right = stream.uniform(0) < 0.5 ? 0.95 : 0.45;
    for (std::uint64_t i = 0; i < 1 + stream.below(1, 6); ++i)
      drawn.rows.push_back(
        answer("P" + std::to_string(p), label, stream.uniform(2 + i) < right ? label : 1 - label));
  }
  return drawn;
}

}  // namespace

TEST_CASE("intervals of accuracy, macro F1 and macro AUC are scikit-learn's on the same resamples", "[evaluate]")
{
  const thorax::predictions films = drawn_films(21);
  const thorax::bootstrap_settings settings{.seed = 77, .resamples = 300};
  const std::vector<bootstrap_interval> found{
    patient_bootstrap(films, accuracy, settings),
    patient_bootstrap(
      films, [](const thorax::predictions& some) { return thorax::confusion_of(some).macro_f1(); }, settings),
    patient_bootstrap(films, thorax::macro_auc_ovr_exact, settings)};
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("measure " << i);
    const golden::resampled_measure& known = golden::bootstrap.at(i);
    REQUIRE(found[i].range.has_value());
    for (const double difference : {found[i].value.value() - known.value, found[i].range->low - known.low,
                                    found[i].range->high - known.high}) {
      CHECK(std::abs(difference) < 1e-14);  // sums of three quotients
      worst = std::max(worst, std::abs(difference));
    }
    CHECK(found[i].undefined == 0);
    CHECK(found[i].films == 90);
  }
  std::cout << "bootstrap, largest difference: " << worst << '\n';
}

TEST_CASE("95 % intervals by patients hold the truth about as often, and those by films do not", "[evaluate]")
{
  int by_patients = 0;
  int by_films = 0;
  const int studies = 400;
  for (int study = 0; study < studies; ++study) {
    const auto seed = static_cast<std::uint64_t>(study);
    thorax::predictions films = drawn_patients(seed);
    const auto holds = [&] {
      const auto range =
        patient_bootstrap(films, accuracy_at{films}, {.seed = seed, .resamples = 400}).range.value();
      return range.low <= 0.7 && 0.7 <= range.high;
    };
    by_patients += holds();
    for (thorax::prediction& each : films.rows) each.patient.clear();
    by_films += holds();
  }
  INFO("of " << studies << " studies " << by_patients << " by patients, " << by_films << " by films");
  std::cout << "bootstrap, intervals that hold the truth: " << by_patients << " by patients, " << by_films
            << " by films, of " << studies << '\n';
  // 40 patients give narrow percentile intervals: fewer than 380 of 400 hold the truth. The standard error is 5.
  CHECK(by_patients >= 356);
  CHECK(by_patients <= 386);
  CHECK(by_films < by_patients - 20);
}

TEST_CASE("the same seed gives the same interval and another seed another", "[evaluate]")
{
  const thorax::predictions films = drawn_films(3);
  const auto at = [&](std::uint64_t seed) {
    return patient_bootstrap(films, accuracy, {.seed = seed, .resamples = 200});
  };
  CHECK(same(at(1), at(1)));
  CHECK_FALSE(same(at(1), at(2)));
}

TEST_CASE("a measure of places and one of predictions see the same films", "[evaluate]")
{
  thorax::predictions films = drawn_films(9);
  films.rows[4].rejected = true;
  films.rows[7].true_finding = -1;
  const thorax::bootstrap_settings settings{.seed = 5, .resamples = 100};
  const bootstrap_interval found = patient_bootstrap(films, accuracy, settings);
  CHECK(same(found, patient_bootstrap(films, accuracy_at{films}, settings)));
  CHECK(found.films == 88);
}

TEST_CASE("by default 2000 resamples give a 95 % interval", "[evaluate]")
{
  const thorax::predictions films = drawn_films(3);
  const bootstrap_interval found = patient_bootstrap(films, accuracy_at{films});
  CHECK(found.resamples == 2000);
  CHECK(
    same(found, patient_bootstrap(films, accuracy_at{films}, {.seed = 0, .resamples = 2000, .confidence = 0.95})));
}

TEST_CASE("a resample has all films of a patient or none, and as many patients of each finding as there are",
          "[evaluate]")
{
  const thorax::predictions films =
    two_findings({answer("a", 0, 0), answer("b", 1, 1), answer("a", 0, 0), answer("c", 1, 0), answer("", 1, 1),
                  answer("", 1, 1), answer("a", 0, 1)});
  const thorax::patient_resamples resamples{films, 8};
  CHECK(resamples.patients() == 5);  // a, b, c and two films of nobody
  std::set<std::size_t> seen;
  for (std::uint64_t r = 0; r < 200; ++r) {
    std::vector<int> times(films.rows.size());
    for (const std::size_t i : resamples(r)) ++times[i];
    CHECK((times[0] == 1 && times[2] == 1 && times[6] == 1));  // the only normal patient
    CHECK(times[1] + times[3] + times[4] + times[5] == 4);
    for (std::size_t i = 0; i < times.size(); ++i)
      if (times[i] > 1) seen.insert(i);
  }
  CHECK(seen == std::set<std::size_t>{1, 3, 4, 5});
}

TEST_CASE("a patient of several labels is drawn among the commonest, of equals the first finding", "[evaluate]")
{
  const thorax::predictions films =
    two_findings({answer("a", 1, 0), answer("a", 0, 0), answer("a", 1, 1),  // PNEUMONIA
                  answer("b", 1, 0), answer("b", 0, 0),  // NORMAL
                  answer("c", 1, 1)});
  const thorax::patient_resamples resamples{films, 1};
  for (std::uint64_t r = 0; r < 50; ++r) {
    const std::vector<std::size_t> drawn = resamples(r);
    CHECK(std::count(drawn.begin(), drawn.end(), 3U) == 1);
    CHECK(std::count(drawn.begin(), drawn.end(), 0U) + std::count(drawn.begin(), drawn.end(), 5U) == 2);
  }
}

TEST_CASE("one patient gives an interval without a width", "[evaluate]")
{
  const thorax::predictions films =
    two_findings({answer("a", 0, 0), answer("a", 0, 1), answer("a", 0, 0), answer("a", 0, 0)});
  const bootstrap_interval found = patient_bootstrap(films, accuracy);
  CHECK(found.value == 0.75);
  CHECK(found.range.value().low == 0.75);
  CHECK(found.range.value().high == 0.75);
  CHECK(found.patients == 1);
}

TEST_CASE("resamples without a finding are counted, and the range is that of the others", "[evaluate]")
{
  // Only patient a, whose other two films are normal, shows pneumonia: without a there is no area. Four patients are
  // drawn from four, so a is missing with a chance of (3/4)^4 = .316: in 633 of 2000, standard error 21.
  const thorax::predictions films = two_findings({answer("a", 0, 0), answer("a", 0, 1), answer("a", 1, 1),
                                                  answer("b", 0, 0), answer("c", 0, 1), answer("d", 0, 0)});
  const bootstrap_interval found = patient_bootstrap(films, thorax::macro_auc_ovr_exact);
  CHECK(found.undefined > 560);
  CHECK(found.undefined < 710);
  CHECK(found.value.value() == 0.8);  // three wins and two ties of five
  CHECK(found.range.value().low >= 0.5);
  CHECK(found.range.value().high <= 1);
}

TEST_CASE("a measure that exists nowhere has neither a value nor a range", "[evaluate]")
{
  const thorax::predictions films = two_findings({answer("a", 0, 0), answer("b", 0, 1)});
  const bootstrap_interval found = patient_bootstrap(films, thorax::macro_auc_ovr_exact, {.resamples = 50});
  CHECK_FALSE(found.value.has_value());
  CHECK_FALSE(found.range.has_value());
  CHECK(found.undefined == 50);
  const auto no_number = [](std::span<const std::size_t>) { return std::numeric_limits<double>::quiet_NaN(); };
  CHECK(same(found, patient_bootstrap(films, no_number, {.resamples = 50})));
}

TEST_CASE("the difference of two classifiers on the same patients has an interval", "[evaluate]")
{
  const thorax::predictions first = drawn_patients(1);
  thorax::predictions second = first;
  for (thorax::prediction& each : second.rows) each.predicted = each.true_finding;
  const auto gain = [&](std::span<const std::size_t> places) {
    return accuracy_at{second}(places)-accuracy_at{first}(places);
  };
  const bootstrap_interval found = patient_bootstrap(first, gain, {.resamples = 500});
  CHECK(std::abs(found.value.value() - (1 - accuracy(first))) < 1e-15);
  CHECK(found.range.value().low > 0);
}

TEST_CASE("quantiles between two numbers lie on the line that joins them", "[evaluate]")
{
  const std::vector<double> numbers{1, 2, 4};
  CHECK(thorax::sorted_quantile(numbers, 0) == 1);
  CHECK(thorax::sorted_quantile(numbers, 0.25) == 1.5);
  CHECK(thorax::sorted_quantile(numbers, 0.5) == 2);
  CHECK(thorax::sorted_quantile(numbers, 0.75) == 3);
  CHECK(thorax::sorted_quantile(numbers, 1) == 4);
  CHECK(thorax::sorted_quantile(std::vector<double>{7}, 0.3) == 7);
}

TEST_CASE("a smaller confidence gives a narrower interval within the wider", "[evaluate]")
{
  const thorax::predictions films = drawn_patients(2);
  const auto range = [&](double confidence) {
    return patient_bootstrap(films, accuracy_at{films}, {.resamples = 500, .confidence = confidence})
      .range.value();
  };
  CHECK(range(0.95).low < range(0.5).low);
  CHECK(range(0.5).low < range(0.5).high);
  CHECK(range(0.5).high < range(0.95).high);
}

TEST_CASE("bootstraps of no films, of no resamples and of a confidence of 1 are refused", "[evaluate]")
{
  thorax::predictions films = two_findings({answer("a", -1, 0)});
  CHECK(refuses(error_code::does_not_fit, "none of 1 films has a label and an answer, expected at least one",
                [&] { patient_bootstrap(films, accuracy); }));
  films.rows[0].true_finding = 0;
  CHECK(refuses(error_code::wrong_usage, "0 resamples, expected at least 1",
                [&] { patient_bootstrap(films, accuracy, {.resamples = 0}); }));
  for (const double confidence : {0.0, 1.0, 95.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK(refuses(error_code::wrong_usage, "expected between 0 and 1; 0.95 is usual",
                  [&] { patient_bootstrap(films, accuracy, {.confidence = confidence}); }));
}
