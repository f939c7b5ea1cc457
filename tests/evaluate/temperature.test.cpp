// SPDX-License-Identifier: MIT

#include <thorax/evaluate/temperature.hpp>

#include <thorax/evaluate/confusion_matrix.hpp>
#include <thorax/evaluate/metrics.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"
#include "support/largest_difference.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

std::ptrdiff_t highest(const std::vector<float>& numbers)
{
  return std::max_element(numbers.begin(), numbers.end()) - numbers.begin();
}

/// The films of a golden case with 8 times their probabilities as logits.
thorax::predictions with_logits(const golden::rule& of)
{
  thorax::predictions films = golden::predictions_of(of);
  for (thorax::prediction& film : films.rows) {
    for (const float probability : film.probabilities) film.logits.push_back(8 * probability);
    film.probabilities = thorax::softmax_at(film.logits, 1);
    film.predicted = static_cast<int>(highest(film.logits));
  }
  return films;
}

thorax::predictions films_of(const std::vector<std::pair<int, std::vector<float>>>& rows)
{
  thorax::predictions films;
  for (std::size_t finding = 0; finding < rows.front().second.size(); ++finding)
    films.findings.emplace_back(1, static_cast<char>('A' + finding));
  for (const auto& [label, logits] : rows)
    films.rows.push_back({.path = "a.png",
                          .true_finding = label,
                          .predicted = static_cast<int>(highest(logits)),
                          .probabilities = thorax::softmax_at(logits, 1),
                          .logits = logits});
  return films;
}

/// Three of four films right, all with logits `gap` apart: softmax must say 3/4, so gap / T = ln 3.
double fitted_with_gap(float gap)
{
  return thorax::fit_temperature(films_of({{0, {gap, 0}}, {0, {gap, 0}}, {1, {0, gap}}, {1, {gap, 0}}}))
    .temperature;
}

}  // namespace

TEST_CASE("temperatures of a few films are worked out by hand", "[evaluate]")
{
  CHECK(std::abs(fitted_with_gap(2) * std::log(3.0) / 2 - 1) < 1e-11);
  // One film, its label second of three: exp(b) = 8 exp(-8 b), so 9 b = ln 8.
  const thorax::fitted_temperature one = thorax::fit_temperature(films_of({{0, {1, 2, -7}}}));
  CHECK(std::abs(one.temperature * std::log(8.0) / 9 - 1) < 1e-11);
  CHECK(one.films == 1);
  CHECK(std::abs(one.log_loss_before - std::log(1 + std::exp(1.0) + std::exp(-8.0))) < 1e-14);
}

TEST_CASE("logits as large and as small as a float can hold have their temperature", "[evaluate]")
{
  for (const float gap : {1e-44F, 1e-30F, 1e-3F, 1e4F, 1e30F, 3e38F}) {
    INFO("logits " << gap << " apart");
    CHECK(std::abs(fitted_with_gap(gap) / static_cast<double>(gap) * std::log(3.0) - 1) < 1e-11);
  }
}

TEST_CASE("one film with logits a billion times those of others does not mislead the fit", "[evaluate]")
{
  const thorax::predictions films =
    films_of({{0, {1, 0}}, {0, {1, 0}}, {1, {1, 0}}, {0, {1e9F, 0}}, {1, {0, 1e9F}}});
  CHECK(std::abs(thorax::fit_temperature(films).temperature * std::log(2.0) - 1) < 1e-11);
}

TEST_CASE("ordinary logits are fitted in 25 steps", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    CHECK(thorax::fit_temperature(with_logits(of)).steps <= 25);
  }
}

TEST_CASE("a loss along which Newton's steps are short is fitted in 40 steps", "[evaluate]")
{
  // At b = 1 / T the right film pulls by exp(-b) and the wrong one holds by half its gap: b = ln(2 / gap).
  const float gap = 1e-44F;
  const thorax::fitted_temperature fitted = thorax::fit_temperature(films_of({{0, {1, 0}}, {0, {0, gap}}}));
  CHECK(std::abs(fitted.temperature * std::log(2 / static_cast<double>(gap)) - 1) < 1e-11);
  CHECK(fitted.steps <= 40);
}

TEST_CASE("fitted temperatures are those that SciPy finds, to 1e-10", "[evaluate]")
{
  const auto expected = golden::numbers();
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const double known = expected.at({of.name, "temperature"}).value();
    const thorax::fitted_temperature fitted = thorax::fit_temperature(with_logits(of));
    const double difference = std::abs(fitted.temperature / known - 1);
    thorax::tests::note_difference("temperature to SciPy, relative", difference, 1e-10);
    CHECK(difference < 1e-10);
    CHECK(fitted.films == of.films);
  }
}

TEST_CASE("no other temperature has less log loss than the fitted one", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    const thorax::predictions films = with_logits(of);
    const thorax::fitted_temperature fitted = thorax::fit_temperature(films);
    const auto loss = [&](double temperature) {
      return thorax::log_loss(thorax::with_temperature(films, temperature));
    };
    CHECK(fitted.log_loss_after <= fitted.log_loss_before);
    // Probabilities are rounded to single precision, 6e-8 of each.
    CHECK(std::abs(fitted.log_loss_before - loss(1)) < 1e-6);
    CHECK(std::abs(fitted.log_loss_after - loss(fitted.temperature)) < 1e-6);
    for (const double factor : {0.2, 0.9, 1.1, 5.0})
      CHECK(loss(factor * fitted.temperature) > fitted.log_loss_after);
  }
}

TEST_CASE("a temperature changes no answer, no count and no logit", "[evaluate]")
{
  for (const golden::rule& of : golden::rules())
    for (const double temperature : {0.01, 0.3, 1.0, 2.5, 40.0}) {
      INFO(of.name << ", temperature " << temperature);
      const thorax::predictions films = with_logits(of);
      const thorax::predictions after = thorax::with_temperature(films, temperature);
      CHECK(thorax::confusion_of(after) == thorax::confusion_of(films));
      CHECK(thorax::confusion_of(after).accuracy() == thorax::confusion_of(films).accuracy());
      for (std::size_t i = 0; i < films.rows.size(); ++i) {
        CHECK(after.rows[i].logits == films.rows[i].logits);
        const std::vector<float>& now = after.rows[i].probabilities;
        CHECK(now[static_cast<std::size_t>(films.rows[i].predicted)] == *std::max_element(now.begin(), now.end()));
      }
    }
}

TEST_CASE("logits three times as far apart have three times the temperature", "[evaluate]")
{
  thorax::predictions films = with_logits(golden::rules()[2]);
  const double before = thorax::fit_temperature(films).temperature;
  for (thorax::prediction& film : films.rows)
    for (float& logit : film.logits) logit = 3 * logit - 5;
  // Single precision rounds the logits, 1e-6 at most.
  CHECK(std::abs(thorax::fit_temperature(films).temperature / before - 3) < 1e-5);
}

TEST_CASE("a temperature given twice acts once", "[evaluate]")
{
  const thorax::predictions once = thorax::with_temperature(with_logits(golden::rules()[2]), 3);
  const thorax::predictions twice = thorax::with_temperature(once, 3);
  for (std::size_t i = 0; i < once.rows.size(); ++i)
    CHECK(twice.rows[i].probabilities == once.rows[i].probabilities);
}

TEST_CASE("films that are rejected or unlabeled have no part in the fit, and the former get no probabilities",
          "[evaluate]")
{
  thorax::predictions films = films_of({{0, {2, 0}}, {0, {2, 0}}, {1, {0, 2}}, {1, {2, 0}}});
  const double before = thorax::fit_temperature(films).temperature;
  films.rows.push_back({.path = "cut.png", .true_finding = 1, .rejected = true, .reason = "cut short"});
  films.rows.push_back({.path = "new.png", .predicted = 1, .probabilities = {0.5F, 0.5F}, .logits = {0, 5}});
  films.rows.push_back({.path = "side.png", .logits = {1, 0}, .rejected = true, .reason = "lateral"});
  CHECK(thorax::fit_temperature(films).temperature == before);
  CHECK(thorax::fit_temperature(films).films == 4);
  const thorax::predictions after = thorax::with_temperature(films, 5);
  CHECK(after.rows[4].probabilities.empty());
  CHECK(after.rows[6].probabilities.empty());
  CHECK(std::abs(after.rows[5].probabilities[1] - 1 / (1 + std::exp(-1.0F))) < 1e-6F);
}

TEST_CASE("films that no temperature fits best are refused with what to do", "[evaluate]")
{
  const auto code = thorax::error_code::does_not_fit;
  CHECK(
    refuses(code,
            "temperature: every film has its highest logit at its label, so the loss falls for ever as the "
            "temperature nears 0, expected films of which some are mistaken; take more validation films, or leave "
            "the temperature at 1",
            [] {
              thorax::fit_temperature(films_of({{0, {2, 0}}, {1, {0, 3}}, {0, {1, 1}}}));
            }));
  const std::string turned = "temperature: on average a label's logit is not above the mean of its film's logits";
  CHECK(refuses(code, turned, [] { thorax::fit_temperature(films_of({{0, {0, 1}}})); }));
  CHECK(refuses(code, turned, [] { thorax::fit_temperature(films_of({{0, {1, 1}}, {1, {2, 2}}})); }));
  CHECK(refuses(code, "temperature: no film to measure; of 1 films 0 were rejected and 1 carry no label", [] {
    thorax::fit_temperature(films_of({{-1, {0, 1}}}));
  }));
}

TEST_CASE("logits that are missing, infinite or behind a sigmoid are refused with what to do", "[evaluate]")
{
  const auto code = thorax::error_code::does_not_fit;
  thorax::predictions films = films_of({{0, {2, 0}}, {1, {2, 0}}});
  films.rows[1].path = "b.png";
  films.rows[1].logits.clear();
  const std::string missing =
    "prediction for film 'b.png': it has probabilities and no logits, expected one logit "
    "for each of the 2 findings; keep what the network says before softmax";
  CHECK(refuses(code, missing, [&] { thorax::fit_temperature(films); }));
  CHECK(refuses(code, missing, [&] { thorax::with_temperature(films, 2); }));
  films.rows[1].logits = {std::numeric_limits<float>::infinity(), 0};
  CHECK(refuses(thorax::error_code::number_not_finite,
                "film 'b.png': one of its logits is infinite or not a number; check the weights",
                [&] { thorax::fit_temperature(films); }));
  CHECK(refuses(thorax::error_code::number_not_finite, "temperature: a logit is infinite or not a number; check",
                [&] { thorax::softmax_at(films.rows[1].logits, 2); }));
  films.rows[1].logits = {2, 0};
  films.findings_exclude_each_other = false;
  CHECK(refuses(code,
                "temperature: these findings do not exclude each other, expected findings behind one softmax",
                [&] { thorax::fit_temperature(films); }));
}

TEST_CASE("a temperature that is not a finite number above 0 is refused", "[evaluate]")
{
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double temperature : {0.0, -1.0, infinity, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(refuses(thorax::error_code::does_not_fit, "expected a finite number above 0; 1 changes nothing", [&] {
      thorax::softmax_at(std::vector<float>{1, 2}, temperature);
    }));
    CHECK(refuses(thorax::error_code::does_not_fit, "expected a finite number above 0", [&] {
      thorax::with_temperature({{"A", "B"}, {}}, temperature);
    }));
  }
}
