// SPDX-License-Identifier: MIT

#include <thorax/evaluate/prior_correction.hpp>

#include <thorax/base/random.hpp>

#include "evaluate/golden_intervals.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

using thorax::error_code;
using thorax::prior_correction;
using shares = std::vector<double>;

/// The probabilities of a film by the rule `films` of tests/golden/intervals_golden.py.
std::vector<float> drawn_probabilities(const thorax::random_stream& stream, std::uint64_t i)
{
  const std::uint64_t patient = stream.below(5 * i, 40);
  std::vector<std::uint64_t> ticks;
  for (std::uint64_t c = 0; c < 3; ++c)
    ticks.push_back(1 + stream.below(5 * i + 1 + c, 20) + (patient % 3 == c ? 8 : 0));
  std::vector<float> row;
  for (const std::uint64_t tick : ticks)
    row.push_back(
      static_cast<float>(static_cast<double>(tick) / static_cast<double>(ticks[0] + ticks[1] + ticks[2])));
  return row;
}

thorax::predictions two_findings(std::vector<thorax::prediction> rows)
{
  return {{"PNEUMONIA", "NORMAL"}, std::move(rows)};
}

thorax::prediction answer(int label, int predicted, std::vector<float> probabilities)
{
  return {
    .path = "x.png", .true_finding = label, .predicted = predicted, .probabilities = std::move(probabilities)};
}

}  // namespace

TEST_CASE("six in ten, learned from halves, are three in eleven where the finding is one film in five",
          "[evaluate]")
{
  const prior_correction correction{shares{0.5, 0.5}, shares{0.2, 0.8}};
  const std::vector<double> found = correction(std::vector<float>{0.6F, 0.4F});
  CHECK(std::abs(found[0] - 3.0 / 11) < 1e-7);  // .6 and .4 are floats
  CHECK(std::abs(found[1] - 8.0 / 11) < 1e-7);
  CHECK(correction.factors()[0] == 0.4);
  CHECK(correction.factors()[1] == 1.6);
}

TEST_CASE("corrected probabilities are NumPy's to 1e-15", "[evaluate]")
{
  const prior_correction correction{shares{0.2, 0.5, 0.3}, shares{0.6, 0.1, 0.3}};
  const thorax::random_stream stream{21};
  for (std::uint64_t i = 0; i < golden::corrections.size(); ++i) {
    const std::vector<double> found = correction(drawn_probabilities(stream, i));
    for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(found[k] - golden::corrections[i][k]) < 1e-15);
  }
}

TEST_CASE("a correction and the one back leave the probabilities as they were", "[evaluate]")
{
  const shares learned{0.1, 0.6, 0.3};
  const shares stated{0.5, 0.2, 0.3};
  const thorax::random_stream stream{4};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const std::vector<float> before = drawn_probabilities(stream, i);
    std::vector<float> there;
    for (const double p : prior_correction{learned, stated}(before)) there.push_back(static_cast<float>(p));
    const std::vector<double> back = prior_correction{stated, learned}(there);
    for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(back[k] - static_cast<double>(before[k])) < 1e-6);
  }
}

TEST_CASE("Bayes' rule with the stated prevalence gives what the correction gives", "[evaluate]")
{
  // A test of sensitivity .9 and specificity .8, learned at a prevalence of .5 and used at .1.
  const double learned = 0.9 * 0.5 / (0.9 * 0.5 + 0.2 * 0.5);
  const double used = 0.9 * 0.1 / (0.9 * 0.1 + 0.2 * 0.9);
  const std::vector<float> probabilities{static_cast<float>(learned), static_cast<float>(1 - learned)};
  CHECK(std::abs(prior_correction{shares{0.5, 0.5}, shares{0.1, 0.9}}(probabilities)[0] - used) < 1e-7);
}

TEST_CASE("a finding whose new prior is 0 is ruled out, and one that neither prior knows is allowed", "[evaluate]")
{
  const std::vector<double> found =
    prior_correction{shares{0.5, 0.25, 0.25}, shares{0.5, 0, 0.5}}(std::vector<float>{0.5F, 0.25F, 0.25F});
  CHECK(found == std::vector<double>{0.5, 0, 0.5});
  CHECK(prior_correction{shares{1, 0}, shares{1, 0}}.factors() == std::vector<double>{1, 0});
}

TEST_CASE("corrected predictions have new probabilities, new answers and no logits", "[evaluate]")
{
  thorax::predictions films = two_findings({answer(0, 0, {0.75F, 0.25F}), answer(-1, 0, {1, 0})});
  films.rows[0].logits = {1, 0};
  films.rows.push_back({.path = "y.png", .true_finding = 1, .rejected = true, .reason = "a hand"});
  const thorax::predictions found = thorax::corrected(films, {shares{0.5, 0.5}, shares{0.125, 0.875}});
  CHECK(found.rows[0].probabilities == std::vector<float>{0.3F, 0.7F});  // 3/16 : 7/16
  CHECK(found.rows[0].predicted == 1);
  CHECK(found.rows[0].logits.empty());
  CHECK(found.rows[0].true_finding == 0);
  CHECK(found.rows[1].predicted == 0);
  CHECK(found.rows[2].predicted == -1);
  CHECK(found.rows[2].reason == "a hand");
}

TEST_CASE("equal priors change no answer, not even one of two equal probabilities", "[evaluate]")
{
  const thorax::predictions films = two_findings({answer(0, 1, {0.5F, 0.5F}), answer(1, 0, {0.5F, 0.5F})});
  const thorax::predictions found = thorax::corrected(films, {shares{0.3, 0.7}, shares{0.3, 0.7}});
  CHECK(found.rows[0].predicted == 1);
  CHECK(found.rows[1].predicted == 0);
}

TEST_CASE("shares of labels count the films measured", "[evaluate]")
{
  thorax::predictions films = two_findings({answer(0, 0, {1, 0}), answer(1, 0, {1, 0}), answer(1, 0, {1, 0}),
                                            answer(1, 0, {1, 0}), answer(-1, 0, {1, 0})});
  CHECK(thorax::label_shares(films) == shares{0.25, 0.75});
  films.rows[0].rejected = true;
  CHECK(thorax::label_shares(films) == shares{0, 1});
  films.rows.clear();
  CHECK(refuses(error_code::does_not_fit, "no film has one, expected at least one",
                [&] { thorax::label_shares(films); }));
}

TEST_CASE("priors that are no shares are refused", "[evaluate]")
{
  const auto words = [](const std::string& sentence, const shares& before, const shares& after) {
    CHECK(refuses(error_code::does_not_fit, sentence, [&] { prior_correction{before, after}; }));
  };
  words("the new priors add up to 0.900000, expected 1; divide them by their sum", {0.5, 0.5}, {0.5, 0.4});
  words("the old priors add up to 2.000000, expected 1", {1, 1}, {0.5, 0.5});
  words("the new priors are 3, expected one for each of the 2 findings", {0.5, 0.5}, {0.5, 0.25, 0.25});
  words("the new priors hold -0.500000, expected shares from 0 to 1", {0.5, 0.5}, {-0.5, 1.5});
  words("the old priors hold nan", {std::numeric_limits<double>::quiet_NaN(), 1}, {0.5, 0.5});
  words("the old prior of finding 1 is 0 and the new one 0.250000, expected an old one above 0", {1, 0},
        {0.75, 0.25});
}

TEST_CASE("priors written with six digits add up to 1", "[evaluate]")
{
  CHECK(prior_correction{shares{0.333333, 0.333333, 0.333334}, shares{0.3333333, 0.3333333, 0.3333333}}
          .factors()
          .size() == 3);
}

TEST_CASE("probabilities that a correction cannot weigh are refused, and predictions by the film's name",
          "[evaluate]")
{
  const prior_correction only_normal{shares{0.5, 0.5}, shares{0, 1}};
  CHECK(refuses(error_code::does_not_fit, "3 probabilities, expected 2", [&] {
    static_cast<void>(only_normal(std::vector<float>{0, 0, 1}));
  }));
  CHECK(refuses(error_code::does_not_fit, "a probability is -2.000000, expected 0 to 1; are these logits?", [&] {
    static_cast<void>(only_normal(std::vector<float>{-2, 3}));
  }));
  const thorax::predictions films = two_findings({answer(0, 0, {1, 0})});
  CHECK(refuses(error_code::does_not_fit, "film 'x.png': prior correction: every finding with a probability has",
                [&] { thorax::corrected(films, only_normal); }));
  thorax::predictions free = films;
  free.findings_exclude_each_other = false;
  CHECK(refuses(error_code::does_not_fit, "the findings do not exclude each other",
                [&] { thorax::corrected(free, only_normal); }));
}
