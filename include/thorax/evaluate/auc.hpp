// SPDX-License-Identifier: MIT
//
// auc: the area under the ROC curve, twice. The exact one is what we report; the one that Keras logs is
// another number (micro, 200 thresholds) and is here only to compare training logs.

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <algorithm>  // sort, max
#include <cmath>      // ceil, isfinite
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// One film's score for one finding, and whether the film shows that finding.
struct scored {
  float score{};
  bool positive{};
};

namespace detail {

inline void ensure_finite(const char* measure, std::span<const scored> films)
{
  for (std::size_t i = 0; i < films.size(); ++i)
    if (!std::isfinite(films[i].score))
      throw error{error_code::number_not_finite, std::string{measure} + ": score " + std::to_string(i) +
                                                   " is infinite or not a number; expected numbers that have an "
                                                   "order; check the weights and the film's intensities"};
}

}  // namespace detail

/// The probability that a positive film scores above a negative one, a tie counting one half
/// (Mann and Whitney 1947). Counted in integers and divided once, so it is exact but for that rounding.
///
/// returns:  nothing if there is no positive or no negative film: the area is then undefined
/// throws:   error{number_not_finite}
/// cost:     n log n
inline std::optional<double> auc_exact(std::vector<scored> films)
{
  detail::ensure_finite("area under the curve", films);
  std::sort(films.begin(), films.end(), [](const scored& a, const scored& b) { return a.score < b.score; });
  std::int64_t negatives = 0;  // with a score below the current one
  std::int64_t positives = 0;
  std::int64_t half_wins = 0;  // two for each positive above a negative, one for a tie
  for (std::size_t i = 0; i < films.size();) {
    std::int64_t tied_negatives = 0;
    std::int64_t tied_positives = 0;
    const float score = films[i].score;
    for (; i < films.size() && films[i].score == score; ++i)
      ++(films[i].positive ? tied_positives : tied_negatives);
    half_wins += tied_positives * (2 * negatives + tied_negatives);
    negatives += tied_negatives;
    positives += tied_positives;
  }
  if (positives == 0 || negatives == 0) return std::nullopt;
  const double pairs = static_cast<double>(positives) * static_cast<double>(negatives);
  return static_cast<double>(half_wins) / (2 * pairs);
}

/// The area that keras.metrics.AUC(num_thresholds=thresholds) accumulates: scores fall into buckets of width
/// 1 / (thresholds - 1), open below, and the curve between is straight. In single precision up to the bucket,
/// as there, and in double after it, so it agrees with a log to about 1e-6.
///
/// requires:  scores in [0, 1], thresholds of at least 2
/// returns:   0 if there is no positive or no negative film, as Keras does
/// throws:    error{number_not_finite}; error{does_not_fit} for a score outside [0, 1] or too few thresholds
/// see:       keras/src/metrics/confusion_metrics.py and metrics_utils.py, release 3
inline double auc_keras(std::span<const scored> films, int thresholds)
{
  detail::ensure_finite("Keras' area under the curve", films);
  if (thresholds < 2) throw error{error_code::does_not_fit, "Keras' area under the curve needs 2 thresholds"};
  const float last = static_cast<float>(thresholds - 1);
  std::vector<std::int64_t> positives(static_cast<std::size_t>(thresholds));
  std::vector<std::int64_t> negatives(static_cast<std::size_t>(thresholds));
  for (const scored& film : films) {
    if (film.score < 0 || film.score > 1)
      throw error{error_code::does_not_fit,
                  "Keras' area under the curve: score " + std::to_string(film.score) + ", expected 0 to 1"};
    const float bucket = std::max(0.0F, std::ceil(film.score * last) - 1);
    ++(film.positive ? positives : negatives)[static_cast<std::size_t>(bucket)];
  }
  // From the highest threshold, where nothing counts as positive, down to the lowest, where all does.
  double area = 0;
  std::int64_t all_positives = 0;
  std::int64_t all_negatives = 0;
  for (std::size_t i = positives.size(); i-- > 0;) {
    area += static_cast<double>(negatives[i]) * static_cast<double>(2 * all_positives + positives[i]) / 2;
    all_positives += positives[i];
    all_negatives += negatives[i];
  }
  if (all_positives == 0 || all_negatives == 0) return 0;
  return area / static_cast<double>(all_positives) / static_cast<double>(all_negatives);
}

/// returns:  a score for each film measured: its probability of one finding, and whether it shows that finding
/// throws:   as ensure_sound; error{does_not_fit} if `finding` is no index of a finding
inline std::vector<scored> one_against_rest(const predictions& films, int finding)
{
  ensure_sound(films);
  if (finding < 0 || finding >= static_cast<int>(films.findings.size()))
    throw error{error_code::does_not_fit, "one finding against the rest: finding " + std::to_string(finding) +
                                            ", expected 0 to " + std::to_string(films.findings.size() - 1)};
  std::vector<scored> scores;
  for (const prediction& film : films.rows)
    if (is_measured(film))
      scores.push_back({film.probabilities[static_cast<std::size_t>(finding)], film.true_finding == finding});
  return scores;
}

/// returns:  the exact area of one finding against the rest, from the probabilities of the films measured;
///           nothing if all of them show the finding or none does
/// throws:   as one_against_rest
inline std::optional<double> auc_ovr_exact(const predictions& films, int finding)
{
  return auc_exact(one_against_rest(films, finding));
}

/// returns:  the unweighted mean over all findings; nothing if the area of one is undefined, because the mean
///           of the others would be a number about other findings
/// throws:   as ensure_sound
/// see:      sklearn.metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro")
inline std::optional<double> macro_auc_ovr_exact(const predictions& films)
{
  double sum = 0;
  for (int finding = 0; finding < static_cast<int>(films.findings.size()); ++finding) {
    const std::optional<double> area = auc_ovr_exact(films, finding);
    if (!area) return std::nullopt;
    sum += *area;
  }
  return sum / static_cast<double>(films.findings.size());
}

/// returns:  a score for each pair of a film measured and a finding, film after film: what micro averages are of
/// throws:   as ensure_sound
inline std::vector<scored> all_pairs(const predictions& films)
{
  ensure_sound(films);
  std::vector<scored> pairs;
  for (const prediction& film : films.rows)
    for (std::size_t finding = 0; is_measured(film) && finding < film.probabilities.size(); ++finding)
      pairs.push_back({film.probabilities[finding], static_cast<int>(finding) == film.true_finding});
  return pairs;
}

/// The `auc` that Keras logs for a softmax network: every (film, finding) pair is one score, 200 thresholds.
/// It is a micro area and lies above the macro one of the same films: never compare the two.
///
/// throws:  as ensure_sound
inline double auc_keras_micro200(const predictions& films) { return auc_keras(all_pairs(films), 200); }

}  // namespace thorax
