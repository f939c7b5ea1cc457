// SPDX-License-Identifier: MIT

#include <thorax/evaluate/calibration.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"
#include "support/largest_difference.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

/// Sums of up to 11,000 numbers of at most 1, taken in another order.
void check_close(const std::string& name, double found, double expected)
{
  INFO(name);
  thorax::tests::note_difference(name + " to scikit-learn or NumPy", std::abs(found - expected), 1e-12);
  CHECK(std::abs(found - expected) < 1e-12);
}

/// Films of findings A, B, … from their labels and probabilities.
thorax::predictions films_of(const std::vector<std::pair<int, std::vector<float>>>& rows)
{
  thorax::predictions films;
  for (std::size_t finding = 0; finding < rows.front().second.size(); ++finding)
    films.findings.emplace_back(1, static_cast<char>('A' + finding));
  for (const auto& [label, probabilities] : rows)
    films.rows.push_back({.path = "a.png", .true_finding = label, .predicted = 0, .probabilities = probabilities});
  return films;
}

}  // namespace

TEST_CASE("the calibration of four films is counted by hand", "[evaluate]")
{
  const thorax::calibration found =
    thorax::calibration_of(films_of({{0, {0.75F, 0.25F}}, {1, {0.75F, 0.25F}}, {1, {0.25F, 0.75F}}, {0, {1, 0}}}));
  CHECK(found.n == 4);
  CHECK(std::abs(found.log_loss - (std::log(4.0) - 2 * std::log(0.75)) / 4) < 1e-15);
  CHECK(found.brier == (0.125 + 1.125 + 0.125) / 4);
  REQUIRE(found.top_bins.size() == 15);
  CHECK(found.top_bins[11].films == 3);  // above 11/15 up to 12/15
  CHECK(found.top_bins[11].mean_confidence == 0.75);
  CHECK(found.top_bins[11].accuracy == 2.0 / 3);
  CHECK(found.top_bins[14].films == 1);
  CHECK(found.top_bins[14].accuracy == 1);
  CHECK(std::abs(found.ece - 0.0625) < 1e-15);
  REQUIRE(found.finding_ece.size() == 2);
  CHECK(found.finding_ece[0] == 0.1875);  // two of 0.75, of which one is A, and 0.25, which is not
  CHECK(found.finding_ece[1] == 0.1875);
  CHECK(found.classwise_ece == 0.1875);
}

TEST_CASE("a score on the edge of two bins is in the lower one, and 0 in the first", "[evaluate]")
{
  const float beyond = std::nextafter(0.25F, 1.0F);
  const std::vector<thorax::scored> films{{0, false},   {0.25F, true}, {beyond, true},
                                          {0.5F, true}, {0.75F, true}, {1, true}};
  const std::vector<thorax::reliability_bin> bins = thorax::reliability_bins(films, 4);
  REQUIRE(bins.size() == 4);
  CHECK(bins[0].films == 2);
  CHECK(bins[0].accuracy == 0.5);
  CHECK(bins[1].films == 2);
  CHECK(bins[2].films == 1);
  CHECK(bins[3].films == 1);
}

TEST_CASE("log loss and Brier score are scikit-learn's, and calibration errors NumPy's, to 1e-12", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const auto number = [&](const std::string& key) { return expected.at({of.name, key}).value(); };
    const thorax::calibration found = thorax::calibration_of(golden::predictions_of(of));
    CHECK(found.n == of.films);
    check_close("log loss", found.log_loss, number("sklearn_log_loss"));
    check_close("Brier score", found.brier, number("brier"));
    check_close("calibration error", found.ece, number("ece"));
    check_close("class-wise calibration error", found.classwise_ece, number("classwise_ece"));
  }
}

TEST_CASE("reliability bins are NumPy's to 1e-12", "[evaluate]")
{
  const auto expected = golden::lists();
  int compared = 0;
  for (const golden::rule& of : golden::rules()) {
    if (!expected.contains({of.name, "bin films"})) continue;
    INFO(of.name);
    const auto list = [&](const std::string& name) { return expected.at({of.name, name}); };
    const auto bins = thorax::calibration_of(golden::predictions_of(of)).top_bins;
    REQUIRE(bins.size() == list("bin films").size());
    for (std::size_t b = 0; b < bins.size(); ++b) {
      CHECK(static_cast<double>(bins[b].films) == list("bin films")[b]);
      check_close("mean confidence of a bin", bins[b].mean_confidence, list("bin confidence")[b]);
      check_close("accuracy of a bin", bins[b].accuracy, list("bin accuracy")[b]);
    }
    ++compared;
  }
  CHECK(compared == 3);
}

TEST_CASE("probabilities of 0 and 1 are perfectly calibrated when right, and as badly as can be when wrong",
          "[evaluate]")
{
  const thorax::calibration right = thorax::calibration_of(films_of({{0, {1, 0}}, {1, {0, 1}}}));
  CHECK(right.log_loss == 0);
  CHECK(right.brier == 0);
  CHECK(right.ece == 0);
  CHECK(right.classwise_ece == 0);
  const thorax::calibration wrong = thorax::calibration_of(films_of({{0, {0, 1}}, {1, {1, 0}}}));
  CHECK(std::abs(wrong.log_loss - 23 * std::log(2.0)) < 1e-14);
  CHECK(wrong.brier == 2);
  CHECK(wrong.ece == 1);
  CHECK(wrong.classwise_ece == 1);
}

TEST_CASE("one film is off by what its highest probability lacks of 1, or by all of it", "[evaluate]")
{
  CHECK(thorax::calibration_of(films_of({{0, {0.625F, 0.375F}}})).ece == 0.375);
  CHECK(thorax::calibration_of(films_of({{1, {0.625F, 0.375F}}})).ece == 0.625);
}

TEST_CASE("a finding without a film is off by its mean probability", "[evaluate]")
{
  const thorax::calibration found =
    thorax::calibration_of(films_of({{0, {0.5F, 0.25F, 0.25F}}, {2, {0.25F, 0.125F, 0.625F}}}));
  CHECK(found.finding_ece[1] == 0.1875);
}

TEST_CASE("of probabilities that tie, the first finding counts as the highest", "[evaluate]")
{
  CHECK(thorax::top_scores(films_of({{0, {0.5F, 0.5F}}})).front().positive);
  CHECK_FALSE(thorax::top_scores(films_of({{1, {0.5F, 0.5F}}})).front().positive);
  CHECK(thorax::calibration_of(films_of({{0, {0.5F, 0.5F}}, {1, {0.5F, 0.5F}}})).ece == 0);
}

TEST_CASE("films that are rejected or unlabeled change no calibration", "[evaluate]")
{
  thorax::predictions films = films_of({{0, {0.75F, 0.25F}}, {1, {0.75F, 0.25F}}});
  const thorax::calibration before = thorax::calibration_of(films);
  films.rows.push_back({.path = "cut.png", .true_finding = 1, .rejected = true, .reason = "cut short"});
  films.rows.push_back({.path = "new.png", .predicted = 1, .probabilities = {0, 1}});
  const thorax::calibration after = thorax::calibration_of(films);
  CHECK(after.n == 2);
  CHECK(after.log_loss == before.log_loss);
  CHECK(after.brier == before.brier);
  CHECK(after.ece == before.ece);
  CHECK(after.classwise_ece == before.classwise_ece);
}

TEST_CASE("with one bin, the calibration error is the mean confidence's distance to the accuracy", "[evaluate]")
{
  const thorax::predictions films = films_of({{0, {0.75F, 0.25F}}, {1, {0.625F, 0.375F}}});
  CHECK(thorax::calibration_of(films, 1).ece == 0.1875);
}

TEST_CASE("no film, no bin and scores that are no probabilities are refused by name", "[evaluate]")
{
  const auto code = thorax::error_code::does_not_fit;
  thorax::predictions films{{"A", "B"}, {{.path = "a", .true_finding = 0, .rejected = true, .reason = "lateral"}}};
  CHECK(
    refuses(code,
            "calibration: no film to measure; of 1 films 1 were rejected and 0 carry no label; expected at least "
            "one film with a known finding",
            [&] { thorax::calibration_of(films); }));
  CHECK(thorax::brier_score(films) == 0);
  CHECK(thorax::calibration_error(thorax::reliability_bins({})) == 0);
  for (const int bins : {-1, 0, 1001})
    CHECK(refuses(code, "reliability: " + std::to_string(bins) + " bins, expected 1 to 1000; 15 are usual",
                  [&] { thorax::reliability_bins({}, bins); }));
  for (const float score : {-0.5F, 1.5F, std::numeric_limits<float>::quiet_NaN()})
    CHECK(refuses(code, "expected 0 to 1; are these logits?", [&] {
      thorax::reliability_bins(std::vector<thorax::scored>{{score, true}});
    }));
}
