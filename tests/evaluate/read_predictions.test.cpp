// SPDX-License-Identifier: MIT

#include <thorax/evaluate/read_predictions.hpp>

#include <thorax/evaluate/predictions_csv.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>
#include <vector>

namespace {

const std::string header = "path,patient,fold,true,pred,p_a,p_b,logit_a,logit_b,temperature,rejected,reason\n";

thorax::predictions parsed(const std::string& text)
{
  return thorax::parse_predictions(thorax::parse_csv(text, "said.csv"), {"A", "B"});
}

bool refused(const std::string& row, const std::string& words)
{
  return refuses(thorax::error_code::format_refused, words, [&] { static_cast<void>(parsed(header + row)); });
}

}  // namespace

TEST_CASE("predictions that were written are read as they were", "[evaluate]")
{
  for (const golden::rule& of : golden::rules()) {
    INFO(of.name);
    thorax::predictions films = golden::predictions_of(of);
    films.temperature = 1.2345678901234567;
    films.rows[0].logits.assign(of.findings.size(), 0.1F);
    films.rows[1].patient = "p, \"1\"";
    films.rows[1].fold = 7;
    films.rows.push_back({.path = "c", .true_finding = 1, .rejected = true, .reason = "cut\nshort"});
    const thorax::predictions again =
      thorax::parse_predictions(thorax::parse_csv(thorax::predictions_csv(films), of.name), of.findings);
    CHECK(again.temperature == films.temperature);
    REQUIRE(again.rows.size() == films.rows.size());
    for (std::size_t i = 0; i < films.rows.size(); ++i) {
      const thorax::prediction &found = again.rows[i], &expected = films.rows[i];
      CHECK((found.path == expected.path && found.patient == expected.patient && found.fold == expected.fold));
      CHECK((found.true_finding == expected.true_finding && found.predicted == expected.predicted));
      CHECK((found.probabilities == expected.probabilities && found.logits == expected.logits));
      CHECK((found.rejected == expected.rejected && found.reason == expected.reason));
    }
  }
}

TEST_CASE("a file of version 0.1, without a temperature, has temperature 1", "[evaluate]")
{
  const thorax::predictions films = parsed(
    "path,patient,fold,true,pred,p_a,p_b,logit_a,logit_b,rejected,reason\na.png,,,A,B,0.25,0.75,,,false,\n");
  CHECK(films.temperature == 1);
  CHECK(films.rows[0].predicted == 1);
}

TEST_CASE("what would not be written is refused with its line and column", "[evaluate]")
{
  CHECK(refused("a,,,A,C,1,0,,,1,false,\n", "'said.csv', line 2, column pred: expected one of the findings"));
  CHECK(refused("a,,x,A,A,1,0,,,1,false,\n", "line 2, column fold: expected a fold"));
  CHECK(refused("a,,-3,A,A,1,0,,,1,false,\n", "line 2, column fold: expected a fold"));
  CHECK(refused("a,,,A,A,1,0x,,,1,false,\n", "line 2, column p_b: expected a number"));
  CHECK(refused("a,,,A,A,1,,,,1,false,\n", "line 2, column p_a: expected all numbers of this kind or none"));
  CHECK(refused("a,,,A,A,1,0,,,1,no,\n", "column rejected: expected true or false, found 'no'"));
  CHECK(refused("a,,,A,A,1,0,,,,false,\n", "column temperature: expected a number above 0"));
  CHECK(refused("a,,,A,A,1,0,,,0,false,\n", "column temperature"));
  CHECK(refused("a,,,A,A,1,0,,,2,false,\nb,,,A,A,1,0,,,3,false,\n",
                "line 3, column temperature: expected a number above 0, the same"));
  CHECK(refused("a,,,A,,,,,,2,true,\n", "expected a blank, because the row has no probabilities"));
}

TEST_CASE("a table of other findings is refused, and so are numbers that are no probabilities", "[evaluate]")
{
  CHECK(
    refuses(thorax::error_code::format_refused, "expected the columns path,patient,fold,true,pred,p_a,p_b", [] {
      static_cast<void>(
        parsed("path,patient,fold,true,pred,p_a,p_c,logit_a,logit_c,temperature,rejected,reason\n"));
    }));
  CHECK(refuses(thorax::error_code::does_not_fit, "add up to",
                [] { static_cast<void>(parsed(header + "a,,,A,A,0.5,0.25,,,1,false,\n")); }));
}
