// SPDX-License-Identifier: MIT
//
// operating_point: what a threshold on the score does to films that are positive or negative.

#pragma once

#include <thorax/base/error.hpp>                // error
#include <thorax/evaluate/binary_view.hpp>      // binary_film
#include <thorax/evaluate/roc_curve.hpp>        // counts_above, films_above
#include <thorax/evaluate/wilson_interval.hpp>  // wilson_interval

#include <algorithm>  // find_if
#include <cmath>      // isfinite, isnan
#include <cstdint>    // int64_t
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// A counted proportion with its 95 % interval, as if all films were independent.
struct proportion {
  double value{};
  interval range_95{};
};

/// What one way of calling films positive does to them.
struct operating_point {
  std::optional<double> threshold{};  ///< positive: score >= threshold; nothing if the network's answer decides
  std::int64_t tied{1};  ///< thresholds that serve equally well; `threshold` is the highest of them
  std::int64_t true_positives{};
  std::int64_t false_negatives{};
  std::int64_t false_positives{};
  std::int64_t true_negatives{};
  proportion sensitivity{};  ///< called positive, of those labelled positive
  proportion specificity{};  ///< called negative, of those labelled negative
  std::optional<proportion> ppv{};  ///< labelled positive, of those called so; nothing if none is called so
  std::optional<proportion> npv{};  ///< labelled negative, of those called so; nothing if none is called so

  /// Youden's J: sensitivity + specificity - 1
  [[nodiscard]] double youden() const { return sensitivity.value + specificity.value - 1; }
};

namespace detail {

inline std::optional<proportion> proportion_of(std::int64_t part, std::int64_t whole)
{
  if (whole == 0) return std::nullopt;
  return proportion{static_cast<double>(part) / static_cast<double>(whole), wilson_interval(part, whole)};
}

/// returns:  all films
inline films_above ensure_two_sides(std::span<const binary_film> films)
{
  films_above count;
  for (const binary_film& film : films) {
    if (!std::isfinite(film.score))
      throw error{error_code::number_not_finite, "operating point: a score is infinite or not a number"};
    ++(film.positive ? count.positives : count.negatives);
  }
  if (count.positives == 0 || count.negatives == 0)
    throw error{error_code::does_not_fit, "operating point: " + std::to_string(count.positives) + " positive and " +
                                            std::to_string(count.negatives) +
                                            " negative films, expected at least one of each"};
  return count;
}

/// `called` counts the films called positive, by their labels.
inline operating_point point_of(const films_above& all, const films_above& called, std::optional<double> threshold,
                                std::int64_t tied = 1)
{
  operating_point point{.threshold = threshold, .tied = tied};
  point.true_positives = called.positives;
  point.false_negatives = all.positives - called.positives;
  point.false_positives = called.negatives;
  point.true_negatives = all.negatives - called.negatives;
  point.sensitivity = *proportion_of(point.true_positives, all.positives);
  point.specificity = *proportion_of(point.true_negatives, all.negatives);
  point.ppv = proportion_of(point.true_positives, called.positives + called.negatives);
  point.npv = proportion_of(point.true_negatives, point.true_negatives + point.false_negatives);
  return point;
}

}  // namespace detail

/// The network's own answers: positive if its largest probability is that of a positive finding. With three
/// findings that is no threshold on the score.
///
/// throws:  error{does_not_fit} without a positive or without a negative film; error{number_not_finite}
inline operating_point point_of_answers(std::span<const binary_film> films)
{
  const detail::films_above all = detail::ensure_two_sides(films);
  detail::films_above called;
  for (const binary_film& film : films)
    if (film.classified) ++(film.positive ? called.positives : called.negatives);
  return detail::point_of(all, called, std::nullopt);
}

/// A threshold chosen elsewhere: on other films, as it should be.
///
/// throws:  as point_of_answers; error{number_not_finite} for a threshold that is not a number
inline operating_point point_at(std::span<const binary_film> films, double threshold)
{
  if (std::isnan(threshold))
    throw error{error_code::number_not_finite, "operating point: the threshold is not a number"};
  const detail::films_above all = detail::ensure_two_sides(films);
  detail::films_above called;
  for (const binary_film& film : films)
    if (film.score >= threshold) ++(film.positive ? called.positives : called.negatives);
  return detail::point_of(all, called, threshold);
}

/// The threshold among the films' scores with the largest J, compared in integers; of equals the highest.
///
/// throws:  as point_of_answers
/// see:     Youden 1950; numpy.argmax(tpr - fpr) over sklearn.metrics.roc_curve
inline operating_point point_of_youden(std::span<const binary_film> films)
{
  const detail::films_above all = detail::ensure_two_sides(films);
  const auto height = [&](const detail::films_above& at) {  // J times both counts
    return at.positives * all.negatives - at.negatives * all.positives;
  };
  const std::vector<detail::films_above> cuts = detail::counts_above(std::vector(films.begin(), films.end()));
  const detail::films_above* best = &cuts.front();
  std::int64_t tied = 0;
  for (const detail::films_above& at : cuts) {
    if (height(at) > height(*best)) {
      best = &at;
      tied = 0;
    }
    if (height(at) == height(*best)) ++tied;
  }
  return detail::point_of(all, *best, best->threshold, tied);
}

/// The highest threshold among the films' scores that reaches a sensitivity: of those that do, none has a
/// better specificity. `tied` counts the thresholds with the same sensitivity and specificity, which is 1.
///
/// throws:  as point_of_answers; error{wrong_usage} unless 0 < wanted <= 1
inline operating_point point_of_sensitivity(std::span<const binary_film> films, double wanted = 0.95)
{
  if (!(wanted > 0 && wanted <= 1))
    throw error{error_code::wrong_usage, "operating point: a sensitivity of " + std::to_string(wanted) +
                                           " is wanted, expected above 0 and at most 1"};
  const detail::films_above all = detail::ensure_two_sides(films);
  const std::vector<detail::films_above> cuts = detail::counts_above(std::vector(films.begin(), films.end()));
  const auto reaches = [&](const detail::films_above& at) {  // a quotient, so that 19 of 20 is 0.95
    return static_cast<double>(at.positives) / static_cast<double>(all.positives) >= wanted;
  };
  const auto found = std::find_if(cuts.begin(), cuts.end(), reaches);  // the lowest score always does
  return detail::point_of(all, *found, found->threshold);
}

}  // namespace thorax
