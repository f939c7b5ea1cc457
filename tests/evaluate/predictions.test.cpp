// SPDX-License-Identifier: MIT

#include <thorax/evaluate/predictions.hpp>

#include "support/catch.hpp"

#include <limits>
#include <string>

namespace {

thorax::predictions two_films()
{
  thorax::predictions films{{"BACTERIAL", "NORMAL", "VIRAL"}, {}};
  films.rows.push_back({.path = "a.png", .patient = "B:1", .fold = 0, .true_finding = 0, .predicted = 1,
                        .probabilities = {0.25F, 0.5F, 0.25F}, .logits = {-1, 0, -1}});
  films.rows.push_back({.path = "b.png", .rejected = true, .reason = "no film"});
  return films;
}

/// The sentence with which the films are refused, after its code was checked.
std::string refusal(const thorax::predictions& films, thorax::error_code code)
{
  try {
    thorax::ensure_sound(films);
  }
  catch (const thorax::error& refused) {
    CHECK(refused.code() == code);
    return refused.what();
  }
  return "accepted";
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr auto does_not_fit = thorax::error_code::does_not_fit;

}  // namespace

TEST_CASE("a film is measured if it has a label and was not rejected", "[evaluate]")
{
  thorax::prediction film{.path = "a.png", .true_finding = 2, .predicted = 2};
  CHECK(thorax::is_measured(film));
  film.rejected = true;
  CHECK_FALSE(thorax::is_measured(film));
  film.rejected = false;
  film.true_finding = -1;
  CHECK_FALSE(thorax::is_measured(film));
}

TEST_CASE("sound predictions may hold rejected films without any number", "[evaluate]")
{
  CHECK(refusal(two_films(), does_not_fit) == "accepted");
}

TEST_CASE("a number that is not finite is refused and the film named", "[evaluate]")
{
  for (const float number : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    thorax::predictions films = two_films();
    films.rows[0].probabilities[1] = number;
    CHECK(holds(refusal(films, thorax::error_code::number_not_finite), "'a.png': one of its probabilities"));
    films = two_films();
    films.rows[0].logits[2] = -number;
    CHECK(holds(refusal(films, thorax::error_code::number_not_finite), "'a.png': one of its logits"));
  }
}

TEST_CASE("probabilities that are none are refused and the film named", "[evaluate]")
{
  thorax::predictions films = two_films();
  films.rows[0].probabilities = {0.5F, 0.5F, 0.25F};
  CHECK(holds(refusal(films, does_not_fit), "'a.png': its probabilities add up to 1.25"));
  films.rows[0].probabilities = {-0.5F, 1.0F, 0.5F};
  CHECK(holds(refusal(films, does_not_fit), "are these logits?"));
  films.rows[0].probabilities = {0.3333333F, 0.3333333F, 0.3333333F};
  CHECK(refusal(films, does_not_fit) == "accepted");
}

TEST_CASE("counts and indices that do not fit the findings are refused", "[evaluate]")
{
  thorax::predictions films = two_films();
  films.rows[0].probabilities.pop_back();
  CHECK(holds(refusal(films, does_not_fit), "2 probabilities, expected one for each of the 3 findings"));
  films = two_films();
  films.rows[0].logits.push_back(1);
  CHECK(holds(refusal(films, does_not_fit), "4 logits"));
  films = two_films();
  films.rows[0].true_finding = 3;
  CHECK(holds(refusal(films, does_not_fit), "its label is finding 3, expected 0 to 2"));
  films = two_films();
  films.rows[0].predicted = -2;
  CHECK(holds(refusal(films, does_not_fit), "its prediction is finding -2"));
  films.rows[0].predicted = -1;
  CHECK(holds(refusal(films, does_not_fit), "no finding is predicted, and the film is not rejected"));
  films = two_films();
  films.findings.resize(1);
  CHECK(holds(refusal(films, does_not_fit), "1 findings are named, expected at least 2"));
}

TEST_CASE("findings that do not exclude each other have probabilities that add up to anything", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {{.path = "film", .predicted = 0, .probabilities = {0.9F, 0.8F}}}, false};
  CHECK_NOTHROW(thorax::ensure_sound(films));
  films.findings_exclude_each_other = true;
  CHECK_THROWS_AS(thorax::ensure_sound(films), thorax::error);
}

TEST_CASE("films with a label that were not rejected are measured, and none to measure is refused", "[evaluate]")
{
  thorax::predictions films = two_films();
  films.rows = {
    {.true_finding = 0}, {.true_finding = -1}, {.true_finding = 1, .rejected = true}, {.true_finding = 2}};
  CHECK(thorax::measured_films(films, "anything") == 2);
  films.rows = {{.true_finding = -1}, {.true_finding = -1}, {.true_finding = -1, .rejected = true}};
  std::string sentence;
  try {
    thorax::measured_films(films, "anything");
  }
  catch (const thorax::error& refused) {
    sentence = refused.what();
    CHECK(refused.code() == does_not_fit);
  }
  CHECK(sentence == "anything: no film to measure; of 3 films 1 were rejected and 2 carry no label; expected at "
                    "least one film with a known finding");
}
