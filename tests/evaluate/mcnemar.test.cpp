// SPDX-License-Identifier: MIT

#include <thorax/evaluate/mcnemar.hpp>

#include "evaluate/golden_intervals.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

using thorax::error_code;
using thorax::mcnemar;

thorax::prediction answer(const std::string& path, int label, int predicted)
{
  thorax::prediction row{.path = path, .true_finding = label, .predicted = predicted};
  row.probabilities = predicted == 0 ? std::vector<float>{0.75F, 0.25F} : std::vector<float>{0.25F, 0.75F};
  return row;
}

thorax::prediction turned_away(const std::string& path, int label)
{
  return {.path = path, .true_finding = label, .rejected = true, .reason = "not a chest film"};
}

thorax::predictions two_findings(std::vector<thorax::prediction> rows)
{
  return {{"NORMAL", "PNEUMONIA"}, std::move(rows)};
}

}  // namespace

TEST_CASE("exact p values are small fractions that coins give by hand", "[evaluate]")
{
  CHECK(mcnemar(0, 1).exact_p == 1);
  CHECK(mcnemar(0, 5).exact_p == 2.0 / 32);
  CHECK(std::abs(mcnemar(1, 5).exact_p - 2 * (1 + 6) / 64.0) < 1e-15);
  CHECK(std::abs(mcnemar(2, 8).exact_p - 2 * (1 + 10 + 45) / 1024.0) < 1e-15);
  CHECK(mcnemar(7, 7).exact_p == 1);
  CHECK(mcnemar(4, 5).exact_p == 1);
}

TEST_CASE("the corrected chi-square of 121 and 59 discordant films is 61 squared over 180", "[evaluate]")
{
  const thorax::mcnemar_test test = mcnemar(121, 59);
  CHECK(test.chi_square == 61.0 * 61.0 / 180.0);
  CHECK(test.only_first == 121);
  CHECK(test.only_second == 59);
}

TEST_CASE("p values are SciPy's and statsmodels' to 1e-12 of themselves", "[evaluate]")
{
  // Rounding grows with the logarithm of p: some 600 · 2^-52 at p = 1e-271.
  double worst_exact = 0;
  double worst_chi_square = 0;
  for (const golden::paired_counts& known : golden::paired) {
    INFO(known.only_first << " and " << known.only_second);
    const thorax::mcnemar_test test = mcnemar(known.only_first, known.only_second);
    worst_exact = std::max(worst_exact, std::abs(test.exact_p / known.exact_p - 1));
    worst_chi_square = std::max(worst_chi_square, std::abs(test.chi_square_p / known.chi_square_p - 1));
    CHECK(std::abs(test.exact_p / known.exact_p - 1) < 1e-12);
    CHECK(std::abs(test.chi_square - known.chi_square) < 1e-12 * (1 + known.chi_square));
    CHECK(std::abs(test.chi_square_p / known.chi_square_p - 1) < 1e-12);
  }
  std::cout << "McNemar, largest relative differences: exact p " << worst_exact << ", chi-square p "
            << worst_chi_square << '\n';
}

TEST_CASE("exact p values are those of summed binomial coefficients, for all counts up to 50 films", "[evaluate]")
{
  for (int n = 1; n <= 50; ++n) {
    double coefficient = 1;
    double sum = 0;
    for (int k = 0; 2 * k <= n; ++k) {
      sum += coefficient;  // exact: below 2^50
      const double expected = 2 * k == n ? 1.0 : std::min(1.0, std::ldexp(sum, 1 - n));
      INFO(k << " of " << n);
      CHECK(std::abs(mcnemar(k, n - k).exact_p / expected - 1) < 1e-13);
      coefficient = coefficient * (n - k) / (k + 1);
    }
  }
}

TEST_CASE("a test turned round gives the same p values", "[evaluate]")
{
  for (const auto& [a, b] : std::vector<std::pair<int, int>>{{0, 3}, {12, 40}, {1000, 1300}}) {
    CHECK(mcnemar(a, b).exact_p == mcnemar(b, a).exact_p);
    CHECK(mcnemar(a, b).chi_square == mcnemar(b, a).chi_square);
  }
}

TEST_CASE("without discordant films, or with equally many, nothing speaks against equal classifiers", "[evaluate]")
{
  for (const int count : {0, 1, 30}) {
    const thorax::mcnemar_test test = mcnemar(count, count);
    CHECK(test.exact_p == 1);
    CHECK(test.chi_square == 0);
    CHECK(test.chi_square_p == 1);
  }
}

TEST_CASE("counts of a million million films overflow nothing", "[evaluate]")
{
  const std::int64_t most = 1'000'000'000'000;
  CHECK(mcnemar(most, most).exact_p == 1);
  CHECK(mcnemar(0, most).exact_p == 0);
  CHECK(mcnemar(most / 2, most).exact_p == 0);
  // Two standard deviations apart, where exact and chi-square agree: erfc(sqrt 2) = .0455.
  const thorax::mcnemar_test near = mcnemar(5'000'000'000, 5'000'200'000);
  CHECK(std::abs(near.exact_p - near.chi_square_p) < 1e-8);
  CHECK(std::abs(near.exact_p - 0.0455) < 1e-4);
}

TEST_CASE("two classifiers are matched by path, in any order of films", "[evaluate]")
{
  const thorax::predictions first = two_findings({answer("a", 0, 0), answer("b", 0, 0), answer("c", 1, 1),
                                                  answer("d", 1, 0), answer("e", 1, 0), answer("f", 0, 0)});
  const thorax::predictions second = two_findings({answer("f", 0, 0), answer("e", 1, 1), answer("d", 1, 0),
                                                   answer("c", 1, 0), answer("b", 0, 1), answer("a", 0, 1)});
  const thorax::mcnemar_test test = mcnemar(first, second);
  CHECK(test.only_first == 3);   // a, b, c
  CHECK(test.only_second == 1);  // e
  CHECK(test.both_right == 1);   // f
  CHECK(test.both_wrong == 1);   // d
  CHECK(test.left_out == 0);
  CHECK(std::abs(test.exact_p - 2 * (1 + 4) / 16.0) < 1e-15);
}

TEST_CASE("two different wrong answers are no discordant film", "[evaluate]")
{
  const std::vector<std::string> findings{"A", "B", "C"};
  thorax::prediction ours{.path = "x", .true_finding = 0, .predicted = 1, .probabilities = {0, 1, 0}};
  thorax::prediction theirs{.path = "x", .true_finding = 0, .predicted = 2, .probabilities = {0, 0, 1}};
  const thorax::mcnemar_test test = mcnemar({findings, {ours}}, {findings, {theirs}});
  CHECK(test.both_wrong == 1);
  CHECK(test.only_first + test.only_second == 0);
}

TEST_CASE("a film that one classifier rejected or nobody labelled is left out and counted", "[evaluate]")
{
  const thorax::predictions first = two_findings({answer("a", 0, 0), turned_away("b", 0), answer("c", -1, 1)});
  const thorax::predictions second = two_findings({turned_away("a", 0), answer("b", 0, 0), answer("c", -1, 0)});
  const thorax::mcnemar_test test = mcnemar(first, second);
  CHECK(test.left_out == 3);
  CHECK(test.only_first + test.only_second + test.both_right + test.both_wrong == 0);
  CHECK(test.exact_p == 1);
}

TEST_CASE("films that only one classifier has, and labels that differ, are refused by name", "[evaluate]")
{
  const thorax::predictions both = two_findings({answer("a", 0, 0), answer("b", 1, 1)});
  const thorax::predictions one = two_findings({answer("a", 0, 0)});
  CHECK(refuses(error_code::does_not_fit, "film 'b': only the first predictions have it",
                [&] { mcnemar(both, one); }));
  CHECK(refuses(error_code::does_not_fit, "film 'b': only the second predictions have it",
                [&] { mcnemar(one, both); }));
  const thorax::predictions relabelled = two_findings({answer("a", 1, 0)});
  CHECK(refuses(error_code::does_not_fit,
                "film 'a': its label is finding 0 in the first predictions and 1 in the second",
                [&] { mcnemar(one, relabelled); }));
  const thorax::predictions twice = two_findings({answer("a", 0, 0), answer("a", 0, 1)});
  CHECK(refuses(error_code::does_not_fit, "film 'a': the second predictions have two rows of this path",
                [&] { mcnemar(one, twice); }));
  thorax::predictions renamed = one;
  renamed.findings = {"PNEUMONIA", "NORMAL"};
  CHECK(refuses(error_code::does_not_fit, "name different findings", [&] { mcnemar(one, renamed); }));
}

TEST_CASE("counts that no films make are refused", "[evaluate]")
{
  CHECK(refuses(error_code::does_not_fit, "-1 and 3 discordant films, expected two counts of at least 0",
                [] { mcnemar(-1, 3); }));
  CHECK(refuses(error_code::limit_exceeded, "expected at most 1000000000000 each",
                [] { mcnemar(0, 1'000'000'000'001); }));
}
