// SPDX-License-Identifier: MIT

#include <thorax/evaluate/auc.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace {

/// Random scores with many ties: `levels` different ones.
std::vector<thorax::scored> drawn_scores(std::uint64_t seed, std::uint64_t films, std::uint64_t levels)
{
  std::vector<thorax::scored> drawn;
  const thorax::random_stream stream{seed};
  for (std::uint64_t i = 0; i < films; ++i)
    drawn.push_back({static_cast<float>(stream.below(2 * i, levels)) / static_cast<float>(levels),
                     stream.uniform(2 * i + 1) < 0.3});
  return drawn;
}

/// The definition: all pairs of a positive and a negative film.
double auc_by_pairs(const std::vector<thorax::scored>& films)
{
  double wins = 0;
  double pairs = 0;
  for (const thorax::scored& a : films)
    for (const thorax::scored& b : films) {
      if (!a.positive || b.positive) continue;
      pairs += 1;
      wins += a.score > b.score ? 1.0 : a.score == b.score ? 0.5 : 0.0;
    }
  return wins / pairs;
}

/// Keras' area from its thresholds {-e, 1/(t-1), …, 1+e} instead of its buckets.
double keras_by_thresholds(const std::vector<thorax::scored>& films, int thresholds)
{
  const auto above = [&](int i, bool positive) {
    double count = 0;
    for (const thorax::scored& film : films) {
      const double score = static_cast<double>(film.score) * (thresholds - 1);
      const bool passes = i == 0 || (i < thresholds - 1 && score > i);
      count += passes && film.positive == positive;
    }
    return count;
  };
  double area = 0;
  for (int i = 0; i + 1 < thresholds; ++i)
    area += (above(i, false) - above(i + 1, false)) * (above(i, true) + above(i + 1, true)) / 2;
  return area / above(0, true) / above(0, false);
}

}  // namespace

TEST_CASE("small areas are counted by hand", "[evaluate]")
{
  CHECK(thorax::auc_exact({{0.1F, false}, {0.9F, true}}).value() == 1);
  CHECK(thorax::auc_exact({{0.9F, false}, {0.1F, true}}).value() == 0);
  CHECK(thorax::auc_exact({{0.5F, false}, {0.5F, true}}).value() == 0.5);
  CHECK(thorax::auc_exact({{0, false}, {0.5F, false}, {0.3F, true}, {0.9F, true}}).value() == 0.75);
  CHECK(thorax::auc_exact({{0.3F, true}, {0.3F, false}, {0.3F, false}, {0.7F, true}}).value() == 0.75);
}

TEST_CASE("the exact area by sorting equals the count of all pairs", "[evaluate]")
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::vector<thorax::scored> films = drawn_scores(seed, 40 + 5 * seed, 1 + seed % 17);
    INFO("seed " << seed);
    CHECK(thorax::auc_exact(films).value() == auc_by_pairs(films));
  }
}

TEST_CASE("the exact area depends on the order of the scores only", "[evaluate]")
{
  std::vector<thorax::scored> films = drawn_scores(5, 300, 40);
  const double area = thorax::auc_exact(films).value();
  for (thorax::scored& film : films) film.score = -1 / (1 + film.score);
  CHECK(thorax::auc_exact(films).value() == area);
  for (thorax::scored& film : films) film.positive = !film.positive;
  CHECK(std::abs(thorax::auc_exact(films).value() - (1 - area)) < 1e-15);
}

TEST_CASE("areas are scikit-learn's to 1e-12, and undefined where there is nothing to compare", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::predictions films = golden::predictions_of(of);
    for (int finding = 0; finding < static_cast<int>(of.findings.size()); ++finding) {
      const auto area = thorax::auc_ovr_exact(films, finding);
      const auto known = expected.at({of.name, "auc_ovr " + std::to_string(finding)});
      REQUIRE(area.has_value() == known.has_value());
      if (area) CHECK(std::abs(*area - *known) < 1e-12);
    }
    const auto macro = thorax::macro_auc_ovr_exact(films);
    const auto known = expected.at({of.name, "macro_auc_ovr"});
    REQUIRE(macro.has_value() == known.has_value());
    if (macro) CHECK(std::abs(*macro - *known) < 1e-12);
  }
}

TEST_CASE("Keras' micro area is that of its buckets", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const double area = thorax::auc_keras_micro200(golden::predictions_of(of));
    CHECK(std::abs(area - expected.at({of.name, "auc_keras_micro200"}).value()) < 1e-12);
  }
}

TEST_CASE("Keras' area agrees with the example of its documentation", "[evaluate]")
{
  const std::vector<thorax::scored> films{{0, false}, {0.5F, false}, {0.3F, true}, {0.9F, true}};
  CHECK(thorax::auc_keras(films, 3) == 0.75);
}

TEST_CASE("Keras' area by buckets equals its area by thresholds", "[evaluate]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    const std::vector<thorax::scored> films = drawn_scores(seed, 100, 128);  // exact in either precision
    for (const int thresholds : {2, 3, 33, 200})
      CHECK(std::abs(thorax::auc_keras(films, thresholds) - keras_by_thresholds(films, thresholds)) < 1e-12);
  }
}

TEST_CASE("an area without a positive or a negative film is undefined", "[evaluate]")
{
  CHECK_FALSE(thorax::auc_exact({}).has_value());
  CHECK_FALSE(thorax::auc_exact({{0.2F, true}, {0.3F, true}}).has_value());
  CHECK_FALSE(thorax::auc_exact({{0.2F, false}}).has_value());
  CHECK(thorax::auc_keras(std::vector<thorax::scored>{{0.2F, true}}, 200) == 0);
}

TEST_CASE("one finding against the rest leaves out films that are rejected or unlabeled", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 1, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .predicted = 0, .probabilities = {1, 0}});
  films.rows.push_back({.path = "c", .true_finding = 0, .predicted = 1, .probabilities = {0.375F, 0.625F}});
  films.rows.push_back({.path = "d", .true_finding = 1, .rejected = true, .reason = "lateral"});
  const std::vector<thorax::scored> scores = thorax::one_against_rest(films, 1);
  REQUIRE(scores.size() == 2);
  CHECK(scores[0].score == 0.25F);
  CHECK(scores[0].positive);
  CHECK(scores[1].score == 0.625F);
  CHECK_FALSE(scores[1].positive);
}

TEST_CASE("scores without an order are refused", "[evaluate]")
{
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(thorax::auc_exact({{nan, true}, {0.3F, false}}), thorax::error);
  CHECK_THROWS_AS(thorax::auc_keras(std::vector<thorax::scored>{{nan, true}}, 200), thorax::error);
  CHECK_THROWS_AS(thorax::auc_keras(std::vector<thorax::scored>{{1.5F, true}}, 200), thorax::error);
  CHECK_THROWS_AS(thorax::auc_keras(std::vector<thorax::scored>{{0.5F, true}}, 1), thorax::error);
  CHECK_THROWS_AS(thorax::auc_ovr_exact(golden::predictions_of(golden::rules().front()), 2), thorax::error);
}
