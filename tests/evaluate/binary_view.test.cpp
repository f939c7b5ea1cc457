// SPDX-License-Identifier: MIT

#include <thorax/evaluate/binary_view.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace {

using thorax::abnormal_view;
using thorax::binary_view;
using thorax::error_code;

thorax::predictions chest(std::vector<thorax::prediction> rows)
{
  return {{"BACTERIAL", "NORMAL", "VIRAL"}, std::move(rows)};
}

thorax::prediction answer(int label, int predicted, std::vector<float> probabilities)
{
  return {
    .path = "x.png", .true_finding = label, .predicted = predicted, .probabilities = std::move(probabilities)};
}

const thorax::predictions films = chest({answer(0, 0, {0.5F, 0.25F, 0.25F}), answer(1, 1, {0.25F, 0.5F, 0.25F}),
                                         answer(2, 1, {0.3125F, 0.375F, 0.3125F})});

}  // namespace

TEST_CASE("pneumonia against normal scores 1 - P(NORMAL)", "[evaluate]")
{
  const std::vector<thorax::binary_film> view = abnormal_view(films);
  REQUIRE(view.size() == 3);
  CHECK(view[0].score == 0.75);
  CHECK(view[0].positive);
  CHECK(view[0].classified);
  CHECK(view[1].score == 0.5);
  CHECK_FALSE(view[1].positive);
  CHECK_FALSE(view[1].classified);
}

TEST_CASE("a film answered as normal may have a score above one half", "[evaluate]")
{
  const thorax::binary_film view = abnormal_view(films)[2];
  CHECK(view.score == 0.625);
  CHECK(view.positive);
  CHECK_FALSE(view.classified);
}

TEST_CASE("named findings score the sum of their probabilities", "[evaluate]")
{
  const std::vector<thorax::binary_film> both = binary_view(films, {"VIRAL", "BACTERIAL"});
  const std::vector<thorax::binary_film> abnormal = abnormal_view(films);
  REQUIRE(both.size() == abnormal.size());
  for (std::size_t i = 0; i < both.size(); ++i) {
    CHECK(both[i].score == abnormal[i].score);
    CHECK(both[i].positive == abnormal[i].positive);
    CHECK(both[i].classified == abnormal[i].classified);
  }
  const std::vector<thorax::binary_film> one = binary_view(films, {"BACTERIAL"});
  CHECK(one[0].score == 0.5);
  CHECK(one[0].positive);
  CHECK_FALSE(one[2].positive);
}

TEST_CASE("films of which a network is almost sure do not tie", "[evaluate]")
{
  const auto view = abnormal_view(chest({answer(0, 0, {1, 1e-9F, 0}), answer(0, 0, {1, 2e-9F, 0})}));
  CHECK(view[0].score > view[1].score);
}

TEST_CASE("rejected and unlabelled films are no part of a binary view", "[evaluate]")
{
  thorax::predictions some = films;
  some.rows[0].rejected = true;
  some.rows[1].true_finding = -1;
  CHECK(abnormal_view(some).size() == 1);
  CHECK(binary_view(some, {"VIRAL"}).size() == 1);
}

TEST_CASE("binary views of findings that are none, twice, none at all or all are refused", "[evaluate]")
{
  const auto words = [](const std::string& sentence, const std::vector<std::string>& positive) {
    CHECK(refuses(error_code::does_not_fit, sentence, [&] { binary_view(films, positive); }));
  };
  words("'viral' is none of the findings, expected one of BACTERIAL, NORMAL, VIRAL", {"viral"});
  words("'VIRAL' is named twice, expected once", {"VIRAL", "VIRAL"});
  words("0 of 3 findings are positive, expected some and not all", {});
  words("3 of 3 findings are positive", {"VIRAL", "NORMAL", "BACTERIAL"});
  CHECK(refuses(error_code::does_not_fit, "'HEALTHY' is none of the findings",
                [] { abnormal_view(films, "HEALTHY"); }));
}

TEST_CASE("behind a sigmoid one finding can be positive and two cannot", "[evaluate]")
{
  thorax::predictions free = chest({answer(0, 0, {0.875F, 0.5F, 0.75F})});
  free.findings_exclude_each_other = false;
  CHECK(binary_view(free, {"VIRAL"})[0].score == 0.75);
  CHECK(refuses(error_code::does_not_fit, "expected 1 where findings do not exclude each other", [&] {
    binary_view(free, {"VIRAL", "BACTERIAL"});
  }));
}
