// SPDX-License-Identifier: MIT
//
// calibration: whether of the films given a probability of 0.8 eight in ten are what was said.

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/auc.hpp>          // scored, one_against_rest
#include <thorax/evaluate/metrics.hpp>      // log_loss
#include <thorax/evaluate/predictions.hpp>  // predictions, measured_films

#include <algorithm>  // max, max_element
#include <cmath>      // abs, ceil
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// Films whose probabilities lie close together. Without a film, both means are 0.
struct reliability_bin {
  std::int64_t films{};
  double mean_confidence{};  ///< mean of their probabilities
  double accuracy{};         ///< share of them of which it was true
};

/// What one evaluation found about probabilities.
struct calibration {
  std::int64_t n{};                         ///< films measured
  double log_loss{};                        ///< negative log likelihood, as metrics has it
  double brier{};                           ///< 0 to 2
  double ece{};                             ///< expected calibration error of the highest probability
  double classwise_ece{};                   ///< the plain mean of `finding_ece`
  std::vector<double> finding_ece{};        ///< the same error of each finding's own probability
  std::vector<reliability_bin> top_bins{};  ///< those of `ece`
};

/// Bin b of m has the scores above b / m up to and including (b + 1) / m; 0 is in the first. No score is
/// rounded on its way: a float times a number below 2^29 is exact in double precision.
///
/// throws:  error{does_not_fit} for a score that is not from 0 to 1, or not 1 to 1000 bins
inline std::vector<reliability_bin> reliability_bins(std::span<const scored> films, int bins = 15)
{
  if (bins < 1 || bins > 1000)
    throw error{error_code::does_not_fit,
                "reliability: " + std::to_string(bins) + " bins, expected 1 to 1000; 15 are usual"};
  std::vector<reliability_bin> found(static_cast<std::size_t>(bins));
  for (const scored& film : films) {
    const double score = static_cast<double>(film.score);
    if (!(score >= 0 && score <= 1))
      throw error{error_code::does_not_fit,
                  "reliability: score " + std::to_string(score) + ", expected 0 to 1; are these logits?"};
    reliability_bin& bin = found[static_cast<std::size_t>(std::max(std::ceil(score * bins) - 1, 0.0))];
    ++bin.films;
    bin.mean_confidence += score;
    bin.accuracy += film.positive ? 1 : 0;
  }
  for (reliability_bin& bin : found)
    if (bin.films > 0) {
      bin.mean_confidence /= static_cast<double>(bin.films);
      bin.accuracy /= static_cast<double>(bin.films);
    }
  return found;
}

/// The mean over films of how far confidence and accuracy lie apart in the film's bin (Naeini et al. 2015).
///
/// returns:  0 if there is no film
inline double calibration_error(std::span<const reliability_bin> bins)
{
  double sum = 0;
  std::int64_t n = 0;
  for (const reliability_bin& bin : bins) {
    sum += static_cast<double>(bin.films) * std::abs(bin.mean_confidence - bin.accuracy);
    n += bin.films;
  }
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}

namespace detail {

inline scored top_score(const prediction& film)
{
  const auto top = std::max_element(film.probabilities.begin(), film.probabilities.end());
  return {*top, top - film.probabilities.begin() == film.true_finding};
}

inline double brier_of_film(const prediction& film)
{
  double sum = 0;
  for (std::size_t finding = 0; finding < film.probabilities.size(); ++finding) {
    const double truth = static_cast<int>(finding) == film.true_finding ? 1 : 0;
    const double difference = static_cast<double>(film.probabilities[finding]) - truth;
    sum += difference * difference;
  }
  return sum;
}

}  // namespace detail

/// returns:  each measured film's highest probability, and whether the label is that finding: the first in
///           order if several tie, which need not be the one that the program answered
/// throws:   as ensure_sound
inline std::vector<scored> top_scores(const predictions& films)
{
  ensure_sound(films);
  std::vector<scored> scores;
  for (const prediction& film : films.rows)
    if (is_measured(film)) scores.push_back(detail::top_score(film));
  return scores;
}

/// The mean over films of the squared distance between the probabilities and the label as zeros and a one. For
/// two findings this is twice the number that others call by this name (Brier 1950 has this one).
///
/// returns:  0 if no film is measured
/// throws:   as ensure_sound
inline double brier_score(const predictions& films)
{
  ensure_sound(films);
  double sum = 0;
  std::int64_t n = 0;
  for (const prediction& film : films.rows) {
    if (!is_measured(film)) continue;
    sum += detail::brier_of_film(film);
    ++n;
  }
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}

/// returns:  every number of `calibration` for the films that have a label and were not rejected
/// throws:   as ensure_sound and reliability_bins; error{does_not_fit} if there is no such film
inline calibration calibration_of(const predictions& films, int bins = 15)
{
  calibration found{.log_loss = log_loss(films), .brier = brier_score(films)};
  found.n = measured_films(films, "calibration");
  found.top_bins = reliability_bins(top_scores(films), bins);
  found.ece = calibration_error(found.top_bins);
  for (int finding = 0; finding < static_cast<int>(films.findings.size()); ++finding) {
    found.finding_ece.push_back(calibration_error(reliability_bins(one_against_rest(films, finding), bins)));
    found.classwise_ece += found.finding_ece.back() / static_cast<double>(films.findings.size());
  }
  return found;
}

}  // namespace thorax
