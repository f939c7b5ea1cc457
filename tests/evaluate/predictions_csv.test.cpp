// SPDX-License-Identifier: MIT

#include <thorax/evaluate/predictions_csv.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <limits>
#include <string>

TEST_CASE("predictions.csv of three films is this text", "[evaluate]")
{
  thorax::predictions films{{"BACTERIAL", "NORMAL", "VIRAL"}, {}};
  films.rows.push_back({.path = "test/person1.png", .patient = "B:1", .fold = 4, .true_finding = 0,
                        .predicted = 2, .probabilities = {0.1F, 0.25F, 0.65F}, .logits = {-1, 0.5F, 1e-9F}});
  films.rows.push_back({.path = "a, \"b\".png", .predicted = 1, .probabilities = {0, 1, 0}});
  films.rows.push_back({.path = "c.png", .true_finding = 1, .rejected = true,
                        .reason = "'c.png': cut short,\nexpected 10 bytes"});
  CHECK(thorax::predictions_csv(films) ==
        "path,patient,fold,true,pred,p_bacterial,p_normal,p_viral,logit_bacterial,logit_normal,logit_viral,"
        "temperature,rejected,reason\n"
        "test/person1.png,B:1,4,BACTERIAL,VIRAL,0.1,0.25,0.65,-1,0.5,1e-09,1,false,\n"
        "\"a, \"\"b\"\".png\",,,,NORMAL,0,1,0,,,,1,false,\n"
        "c.png,,,NORMAL,,,,,,,,,true,\"'c.png': cut short,\nexpected 10 bytes\"\n");
}

TEST_CASE("a table of no film is its header", "[evaluate]")
{
  CHECK(thorax::predictions_csv({{"A", "B"}, {}}) ==
        "path,patient,fold,true,pred,p_a,p_b,logit_a,logit_b,temperature,rejected,reason\n");
}

TEST_CASE("what is written is read back, the floats bit for bit", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    thorax::predictions films = golden::predictions_of(of);
    const thorax::random_stream stream{of.seed};
    for (std::size_t i = 0; i < films.rows.size(); ++i)
      for (std::size_t c = 0; c < of.findings.size(); ++c)
        films.rows[i].logits.push_back(static_cast<float>(stream.normal(i * of.findings.size() + c) * 1e3));
    const thorax::csv_table table = thorax::parse_csv(thorax::predictions_csv(films), of.name);
    REQUIRE(table.rows.size() == films.rows.size());
    REQUIRE(table.columns.size() == 8 + 2 * of.findings.size());
    for (std::size_t i = 0; i < films.rows.size(); ++i) {
      const thorax::prediction& film = films.rows[i];
      const std::vector<std::string>& fields = table.rows[i].fields;
      CHECK(fields[table.at("path")] == film.path);
      CHECK(fields[table.at("true")] == of.findings[static_cast<std::size_t>(film.true_finding)]);
      CHECK(fields[table.at("pred")] == of.findings[static_cast<std::size_t>(film.predicted)]);
      for (std::size_t c = 0; c < of.findings.size(); ++c) {
        CHECK(std::stof(fields[5 + c]) == film.probabilities[c]);
        CHECK(std::stof(fields[5 + of.findings.size() + c]) == film.logits[c]);
      }
    }
  }
}

TEST_CASE("findings that would share a column are refused", "[evaluate]")
{
  CHECK_THROWS_AS(thorax::predictions_csv({{"Viral", "VIRAL"}, {}}), thorax::error);
}

TEST_CASE("a number that is not finite is not written", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  films.rows.push_back({.path = "a", .predicted = 0, .probabilities = {nan, 1}});
  CHECK_THROWS_AS(thorax::predictions_csv(films), thorax::error);
}
