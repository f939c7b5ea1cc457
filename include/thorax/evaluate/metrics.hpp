// SPDX-License-Identifier: MIT
//
// metrics: the numbers of one evaluation, together with what they were counted on.

#pragma once

#include <thorax/evaluate/auc.hpp>               // auc_ovr_exact, macro_auc_ovr_exact, auc_keras_micro200
#include <thorax/evaluate/confusion_matrix.hpp>  // confusion_matrix
#include <thorax/evaluate/patient_intervals.hpp>  // patient_intervals
#include <thorax/evaluate/predictions.hpp>       // predictions, measured_films
#include <thorax/evaluate/wilson_interval.hpp>   // wilson_interval

#include <algorithm>  // max
#include <cmath>      // log
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <optional>
#include <string>
#include <vector>

namespace thorax {

/// One finding against the rest. A quotient whose denominator is 0 is 0.
struct finding_metrics {
  std::string finding{};
  double precision{};
  double recall{};
  double f1{};
  std::optional<interval> precision_95{};  ///< Wilson's interval; nothing if no film was taken for this finding
  std::optional<interval> recall_95{};     ///< likewise; nothing if no film carries this label
  std::int64_t support{};                  ///< films that carry this label
  std::optional<double> auc_ovr{};  ///< exact; nothing if no film or every film carries this label
};

/// What one evaluation found. Films that were rejected or carry no label are counted, not measured.
struct metrics {
  confusion_matrix counts;
  std::int64_t n{};          ///< films measured
  std::int64_t rejected{};   ///< films left out because they were rejected
  std::int64_t unlabeled{};  ///< films left out because nobody knows their finding
  double accuracy{};
  interval accuracy_95{};  ///< Wilson's interval, as if all films were independent
  double macro_f1{};
  double log_loss{};                      ///< mean of -ln(probability of the label), in nats
  std::optional<double> macro_auc_ovr{};  ///< exact; nothing if the area of one finding is undefined
  double auc_keras_micro200{};            ///< for comparison with Keras' logs only
  std::vector<finding_metrics> findings{};
  std::optional<patient_intervals> by_patients{};  ///< takes seconds, so metrics_of leaves it to who wants it
};

namespace detail {

/// -ln(p), p the probability given to the label.
inline double loss_of_film(const prediction& film)
{
  const float probability = film.probabilities[static_cast<std::size_t>(film.true_finding)];
  return -std::log(std::max(static_cast<double>(probability), 0x1p-23));
}

inline std::optional<interval> wilson_or_none(std::int64_t successes, std::int64_t trials)
{
  return trials == 0 ? std::nullopt : std::optional{wilson_interval(successes, trials)};
}

}  // namespace detail

/// The mean of -ln(p), p the probability given to the label. A p below 2^-23 counts as 2^-23, the spacing of
/// single precision at 1, so that one film that rounds to 0 does not make the loss infinite.
///
/// returns:  0 if no film is measured
/// throws:   as ensure_sound
inline double log_loss(const predictions& films)
{
  ensure_sound(films);
  double sum = 0;
  std::int64_t n = 0;
  for (const prediction& film : films.rows) {
    if (!is_measured(film)) continue;
    sum += detail::loss_of_film(film);
    ++n;
  }
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}

/// returns:  every number of `metrics` for the films that have a label and were not rejected
/// throws:   as ensure_sound; error{does_not_fit} if there is no such film
inline metrics metrics_of(const predictions& films)
{
  metrics found{.counts = confusion_of(films)};
  for (const prediction& film : films.rows) {
    if (film.rejected) ++found.rejected;
    else if (film.true_finding < 0) ++found.unlabeled;
  }
  found.n = measured_films(films, "metrics");
  found.accuracy = found.counts.accuracy();
  found.accuracy_95 = wilson_interval(found.counts.correct(), found.n);
  found.macro_f1 = found.counts.macro_f1();
  found.log_loss = log_loss(films);
  found.macro_auc_ovr = macro_auc_ovr_exact(films);
  found.auc_keras_micro200 = auc_keras_micro200(films);
  for (int finding = 0; finding < found.counts.size(); ++finding) {
    const std::int64_t right = found.counts.correct(finding);
    found.findings.push_back({.finding = films.findings[static_cast<std::size_t>(finding)],
                              .precision = found.counts.precision(finding),
                              .recall = found.counts.recall(finding),
                              .f1 = found.counts.f1(finding),
                              .precision_95 = detail::wilson_or_none(right, found.counts.predicted(finding)),
                              .recall_95 = detail::wilson_or_none(right, found.counts.support(finding)),
                              .support = found.counts.support(finding),
                              .auc_ovr = auc_ovr_exact(films, finding)});
  }
  return found;
}

}  // namespace thorax
