// SPDX-License-Identifier: MIT

#include <thorax/evaluate/operating_point.hpp>

#include <thorax/base/random.hpp>

#include "evaluate/golden_intervals.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

using thorax::binary_film;
using thorax::error_code;
using thorax::operating_point;

/// By the rule `scores` of tests/golden/intervals_golden.py.
std::vector<binary_film> drawn_films(std::uint64_t seed, std::uint64_t films, std::uint64_t levels)
{
  const thorax::random_stream stream{seed};
  std::vector<binary_film> drawn;
  for (std::uint64_t i = 0; i < films; ++i) {
    const bool positive = stream.below(2 * i, 10) < 4;
    const std::uint64_t raised = stream.below(2 * i + 1, levels) + (positive ? levels / 2 : 0);
    drawn.push_back({static_cast<double>(raised) / static_cast<double>(levels), positive, false});
  }
  return drawn;
}

const std::vector<binary_film> five{
  {0.9, true, true}, {0.7, false, true}, {0.6, true, false}, {0.4, true, false}, {0.1, false, false}};

}  // namespace

TEST_CASE("a threshold calls the films that reach it positive", "[evaluate]")
{
  const operating_point point = thorax::point_at(five, 0.6);  // .9 .7 .6 are called positive
  CHECK(point.threshold == 0.6);
  CHECK(point.true_positives == 2);
  CHECK(point.false_negatives == 1);
  CHECK(point.false_positives == 1);
  CHECK(point.true_negatives == 1);
  CHECK(point.sensitivity.value == 2.0 / 3);
  CHECK(point.specificity.value == 0.5);
  CHECK(point.ppv.value().value == 2.0 / 3);
  CHECK(point.npv.value().value == 0.5);
  CHECK(std::abs(point.youden() - 1.0 / 6) < 1e-15);
}

TEST_CASE("every proportion of an operating point has Wilson's interval of its own counts", "[evaluate]")
{
  const operating_point point = thorax::point_at(drawn_films(3, 500, 10000), 0.7);
  const auto same = [](const thorax::interval& a, std::int64_t part, std::int64_t whole) {
    const thorax::interval b = thorax::wilson_interval(part, whole);
    return a.low == b.low && a.high == b.high;
  };
  const std::int64_t tp = point.true_positives;
  const std::int64_t tn = point.true_negatives;
  CHECK(same(point.sensitivity.range_95, tp, tp + point.false_negatives));
  CHECK(same(point.specificity.range_95, tn, tn + point.false_positives));
  CHECK(same(point.ppv.value().range_95, tp, tp + point.false_positives));
  CHECK(same(point.npv.value().range_95, tn, tn + point.false_negatives));
}

TEST_CASE("the network's own answers have no threshold", "[evaluate]")
{
  const operating_point point = thorax::point_of_answers(five);
  CHECK_FALSE(point.threshold.has_value());
  CHECK(point.true_positives == 1);
  CHECK(point.false_positives == 1);
  CHECK(point.false_negatives == 2);
  CHECK(point.true_negatives == 1);
}

TEST_CASE("Youden's threshold of scores that part the films is the lowest positive score", "[evaluate]")
{
  const std::vector<binary_film> parted{
    {0.2, false, false}, {0.8, true, false}, {0.3, false, false}, {0.7, true, false}};
  const operating_point point = thorax::point_of_youden(parted);
  CHECK(point.threshold == 0.7);
  CHECK(point.youden() == 1);
  CHECK(point.tied == 1);
}

TEST_CASE("of thresholds with the same J the highest is taken, and their number said", "[evaluate]")
{
  // From above: J is 1/2 at .9, 0 at .8, 1/2 at .7, 0 at .1.
  const std::vector<binary_film> films{
    {0.9, true, false}, {0.8, false, false}, {0.7, true, false}, {0.1, false, false}};
  const operating_point point = thorax::point_of_youden(films);
  CHECK(point.threshold == 0.9);
  CHECK(point.tied == 2);
  CHECK(point.specificity.value == 1);
  CHECK(point.sensitivity.value == 0.5);
}

TEST_CASE("films of one score are called together", "[evaluate]")
{
  const std::vector<binary_film> films{
    {0.5, true, false}, {0.5, false, false}, {0.5, true, false}, {0.5, false, false}};
  for (const operating_point& point : {thorax::point_of_youden(films), thorax::point_of_sensitivity(films, 0.5)}) {
    CHECK(point.threshold == 0.5);
    CHECK(point.sensitivity.value == 1);  // 1/2 was wanted; the tie does not break
    CHECK(point.specificity.value == 0);
    CHECK_FALSE(point.npv.has_value());
  }
}

TEST_CASE("a score that is upside down gives the threshold that calls all films positive", "[evaluate]")
{
  const operating_point point =
    thorax::point_of_youden(std::vector<binary_film>{{0.1, true, true}, {0.9, false, false}});
  CHECK(point.threshold == 0.1);
  CHECK(point.youden() == 0);
}

TEST_CASE("nineteen of twenty positive films are a sensitivity of .95", "[evaluate]")
{
  std::vector<binary_film> films{{0, false, false}};
  for (int i = 1; i <= 20; ++i) films.push_back({i / 20.0, true, false});
  const operating_point point = thorax::point_of_sensitivity(films);
  CHECK(point.threshold == 0.1);
  CHECK(point.true_positives == 19);
  CHECK(thorax::point_of_sensitivity(films, 1).threshold == 0.05);
}

TEST_CASE("thresholds, sensitivities and specificities are those of scikit-learn's curve", "[evaluate]")
{
  const auto near = [](double a, double b) { return std::abs(a - b) < 1e-15; };
  for (const golden::thresholds_of& known : golden::thresholds) {
    INFO("seed " << known.seed);
    const std::vector<binary_film> films = drawn_films(known.seed, known.films, known.levels);
    const operating_point youden = thorax::point_of_youden(films);
    CHECK(youden.threshold == known.youden);
    CHECK(near(youden.sensitivity.value, known.youden_sensitivity));
    CHECK(near(youden.specificity.value, known.youden_specificity));
    const operating_point wanted = thorax::point_of_sensitivity(films, 0.95);
    CHECK(wanted.threshold == known.wanted);
    CHECK(near(wanted.sensitivity.value, known.wanted_sensitivity));
    CHECK(near(wanted.specificity.value, known.wanted_specificity));
  }
}

TEST_CASE("no threshold has a larger J than Youden's, and no higher one the wanted sensitivity", "[evaluate]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    const std::vector<binary_film> films = drawn_films(seed, 50, 2 + seed);
    const operating_point youden = thorax::point_of_youden(films);
    const operating_point wanted = thorax::point_of_sensitivity(films, 0.8);
    CHECK(wanted.sensitivity.value >= 0.8);
    for (const binary_film& film : films) {
      const operating_point other = thorax::point_at(films, film.score);
      CHECK(other.youden() <= youden.youden() + 1e-12);
      if (film.score > wanted.threshold) CHECK(other.sensitivity.value < 0.8);
    }
  }
}

TEST_CASE("a value of calls that were never made is no number", "[evaluate]")
{
  const operating_point none = thorax::point_at(five, 2);
  CHECK_FALSE(none.ppv.has_value());
  CHECK(none.npv.value().value == 0.4);
  CHECK(none.specificity.value == 1);
}

TEST_CASE("films of one side, scores without an order and senseless wishes are refused", "[evaluate]")
{
  const std::vector<binary_film> sick{{0.5, true, true}};
  const std::string words = "1 positive and 0 negative films, expected at least one of each";
  CHECK(refuses(error_code::does_not_fit, words, [&] { thorax::point_of_answers(sick); }));
  CHECK(refuses(error_code::does_not_fit, words, [&] { thorax::point_of_youden(sick); }));
  CHECK(refuses(error_code::does_not_fit, words, [&] { thorax::point_of_sensitivity(sick); }));
  CHECK(refuses(error_code::does_not_fit, words, [&] { thorax::point_at(sick, 0.5); }));
  CHECK(refuses(error_code::does_not_fit, "0 positive and 0 negative", [] { thorax::point_of_youden({}); }));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<binary_film> broken{{nan, true, true}, {0.5, false, true}};
  CHECK(refuses(error_code::number_not_finite, "a score is infinite or not a number",
                [&] { thorax::point_of_youden(broken); }));
  CHECK(
    refuses(error_code::number_not_finite, "the threshold is not a number", [&] { thorax::point_at(five, nan); }));
  for (const double wanted : {0.0, -1.0, 1.01, nan})
    CHECK(refuses(error_code::wrong_usage, "is wanted, expected above 0 and at most 1",
                  [&] { thorax::point_of_sensitivity(five, wanted); }));
}
