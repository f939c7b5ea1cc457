// SPDX-License-Identifier: MIT
//
// mcnemar: do two classifiers differ, judged by the films that only one of them gets right?

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <algorithm>  // max, min
#include <cmath>      // exp, log, log1p, atanh, sqrt, erfc, ldexp
#include <cstdint>    // int64_t
#include <map>
#include <string>
#include <string_view>

namespace thorax {

/// What McNemar's test says about two classifiers on the same films.
struct mcnemar_test {
  std::int64_t both_right{};   ///< 0 if only the discordant counts are known, like the next
  std::int64_t both_wrong{};   ///< films that neither labelled as they are labelled
  std::int64_t only_first{};   ///< discordant: the first is right and the second is not
  std::int64_t only_second{};  ///< discordant: the other way round
  std::int64_t left_out{};     ///< films without a label, or rejected by at least one of the two
  double exact_p{1};           ///< two-sided, binomial; below 1e-308 it is 0
  double chi_square{};         ///< one degree of freedom, with continuity correction
  double chi_square_p{1};
};

namespace detail {

/// ln(n!) minus Stirling's formula, for n of at least 1. The series' first term left out is below 2e-14.
inline double stirling_error(std::int64_t count)
{
  const double n = static_cast<double>(count);
  if (count >= 16) {
    const double square = n * n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * square)) / square) / square) / n;
  }
  double factorial = 1;  // exact up to 18!
  for (std::int64_t i = 2; i <= count; ++i) factorial *= static_cast<double>(i);
  constexpr double half_log_two_pi = 0.91893853320467274;
  return std::log(factorial) - ((n + 0.5) * std::log(n) - n + half_log_two_pi);
}

/// The chance of exactly k heads among n fair coins, as a logarithm, for 0 < k < n. Without the difference of
/// large log factorials, which loses digits as n grows (Loader 2000, "Fast and accurate computation of
/// binomial probabilities").
inline double log_chance_of_heads(std::int64_t k, std::int64_t n)
{
  const double all = static_cast<double>(n);
  const double skew = static_cast<double>(n - 2 * k) / all;
  const double deviance = all / 2 * (std::log1p(-skew * skew) + 2 * skew * std::atanh(skew));
  constexpr double log_two_pi = 1.8378770664093455;
  const double spread = std::log(static_cast<double>(k)) + std::log1p(-static_cast<double>(k) / all);
  return stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance - (log_two_pi + spread) / 2;
}

/// Twice the chance of at most min(a, b) heads among a + b fair coins, at most 1.
inline double two_sided_coin_p(std::int64_t a, std::int64_t b)
{
  const std::int64_t n = a + b;
  const std::int64_t k = std::min(a, b);
  if (n - 2 * k <= 1) return 1;  // half of all outcomes or more
  if (k == 0) return std::ldexp(1.0, static_cast<int>(1 - std::min<std::int64_t>(n, 2000)));
  double sum = 1;  // in units of the chance of exactly k
  double term = 1;
  for (std::int64_t i = k; i > 0 && term > sum * 1e-17; --i) {
    term *= static_cast<double>(i) / static_cast<double>(n - i + 1);
    sum += term;
  }
  return std::min(1.0, 2 * std::exp(log_chance_of_heads(k, n) + std::log(sum)));
}

}  // namespace detail

/// The test from the two discordant counts alone: under the hypothesis that both classifiers are equally often
/// right, each discordant film is a fair coin. Without such a film both p are 1.
///
/// returns:  chi_square is max(0, |a - b| - 1)² / (a + b); counts at most 1 apart give 0 and p 1
/// throws:   error{does_not_fit} for a negative count; error{limit_exceeded} above 10^12 films
/// cost:     at most some ten times the root of the counts
/// see:      McNemar 1947; Edwards 1948 for the correction
inline mcnemar_test mcnemar(std::int64_t only_first, std::int64_t only_second)
{
  const std::string found = "McNemar's test: " + std::to_string(only_first) + " and " +
                            std::to_string(only_second) + " discordant films, expected ";
  if (only_first < 0 || only_second < 0) throw error{error_code::does_not_fit, found + "two counts of at least 0"};
  constexpr std::int64_t most = 1'000'000'000'000;
  if (only_first > most || only_second > most)
    throw error{error_code::limit_exceeded, found + "at most " + std::to_string(most) + " each"};
  mcnemar_test test{.only_first = only_first, .only_second = only_second};
  if (only_first + only_second == 0) return test;
  test.exact_p = detail::two_sided_coin_p(only_first, only_second);
  const std::int64_t gap = std::max(only_first, only_second) - std::min(only_first, only_second);
  const double corrected = static_cast<double>(std::max<std::int64_t>(0, gap - 1));
  test.chi_square = corrected * corrected / static_cast<double>(only_first + only_second);
  test.chi_square_p = std::erfc(std::sqrt(test.chi_square / 2));
  return test;
}

namespace detail {

using films_by_path = std::map<std::string_view, const prediction*>;

/// returns:  the rows under their paths, which point into `films`
inline films_by_path by_path(const predictions& films, const char* whose)
{
  films_by_path rows;
  for (const prediction& film : films.rows)
    if (!rows.emplace(film.path, &film).second)
      refuse_film(error_code::does_not_fit, film,
                  std::string{"the "} + whose + " predictions have two rows of this path, expected one a film");
  return rows;
}

[[noreturn]] inline void refuse_unmatched(const prediction& film, const char* whose, const char* other)
{
  refuse_film(error_code::does_not_fit, film,
              std::string{"only the "} + whose + " predictions have it, expected the same films in the " + other +
                "; predict the same films with both, or leave it out of both");
}

}  // namespace detail

/// The test of two classifiers on the same films, matched by path, in any order. A film that one of them
/// rejected, or that has no label, is counted in `left_out` and otherwise plays no part.
///
/// throws:  as ensure_sound; error{does_not_fit} if the findings differ, a film stands in one of the two only,
///          twice in one, or with different labels. The sentence names the film.
inline mcnemar_test mcnemar(const predictions& first, const predictions& second)
{
  ensure_sound(first);
  ensure_sound(second);
  if (first.findings != second.findings)
    throw error{error_code::does_not_fit, "McNemar's test: the two predictions name different findings, expected "
                                          "the same in the same order"};
  const detail::films_by_path others = detail::by_path(second, "second");
  const detail::films_by_path ours = detail::by_path(first, "first");
  for (const prediction& film : second.rows)
    if (!ours.contains(film.path)) detail::refuse_unmatched(film, "second", "first");
  std::int64_t counts[2][2]{};  // [first is right][second is right]
  std::int64_t left_out = 0;
  for (const prediction& film : first.rows) {
    const auto place = others.find(film.path);
    if (place == others.end()) detail::refuse_unmatched(film, "first", "second");
    const prediction& other = *place->second;
    if (film.true_finding != other.true_finding)
      detail::refuse_film(error_code::does_not_fit, film,
                          "its label is finding " + std::to_string(film.true_finding) +
                            " in the first predictions and " + std::to_string(other.true_finding) +
                            " in the second, expected the same");
    if (!is_measured(film) || !is_measured(other)) ++left_out;
    else ++counts[film.predicted == film.true_finding][other.predicted == film.true_finding];
  }
  mcnemar_test test = mcnemar(counts[1][0], counts[0][1]);
  test.both_right = counts[1][1];
  test.both_wrong = counts[0][0];
  test.left_out = left_out;
  return test;
}

}  // namespace thorax
