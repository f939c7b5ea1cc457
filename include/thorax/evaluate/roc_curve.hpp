// SPDX-License-Identifier: MIT
//
// roc_curve: what each threshold would do, as curves of points, and average precision. scikit-learn's numbers.

#pragma once

#include <thorax/evaluate/auc.hpp>          // scored, one_against_rest
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <algorithm>  // sort, reverse
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <limits>
#include <optional>
#include <vector>

namespace thorax {

/// Films with a score of at least `threshold` count as positive.
struct roc_point {
  double threshold{};
  double false_positive_rate{};  ///< of the films without the finding: 1 - specificity
  double true_positive_rate{};   ///< of the films with it: sensitivity, recall
};

/// Films with a score of at least `threshold` count as positive.
struct precision_recall_point {
  double threshold{};
  double precision{};
  double recall{};
};

namespace detail {

/// How many films of either label score at least `threshold`.
struct films_above {
  double threshold{};
  std::int64_t positives{};
  std::int64_t negatives{};
};

/// returns:  a count for each score that occurs, from the highest down; films of one score come in together
/// requires: finite scores
template<class Film>
std::vector<films_above> counts_above(std::vector<Film> films)
{
  std::sort(films.begin(), films.end(), [](const Film& a, const Film& b) { return a.score > b.score; });
  std::vector<films_above> counts;
  films_above so_far;
  for (std::size_t i = 0; i < films.size();) {
    const auto score = films[i].score;
    so_far.threshold = static_cast<double>(score);
    for (; i < films.size() && films[i].score == score; ++i)
      ++(films[i].positive ? so_far.positives : so_far.negatives);
    counts.push_back(so_far);
  }
  return counts;
}

/// throws:  error{number_not_finite}, in the name of `measure`
inline std::vector<films_above> counts_above(const char* measure, const std::vector<scored>& films)
{
  ensure_finite(measure, films);
  return counts_above(films);
}

inline double share(std::int64_t part, std::int64_t whole)
{
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace detail

/// From (0, 0), whose threshold is infinite, up to (1, 1): a point for each score that occurs. None is left out,
/// also if it lies on the line between its neighbors.
///
/// returns:  nothing if there is no positive or no negative film: a rate is then undefined
/// throws:   error{number_not_finite}
/// cost:     n log n
/// see:      sklearn.metrics.roc_curve(truth, scores, drop_intermediate=False)
inline std::optional<std::vector<roc_point>> roc_curve(const std::vector<scored>& films)
{
  const std::vector<detail::films_above> counts = detail::counts_above("ROC curve", films);
  if (counts.empty() || counts.back().positives == 0 || counts.back().negatives == 0) return std::nullopt;
  const detail::films_above& all = counts.back();
  std::vector<roc_point> curve{{std::numeric_limits<double>::infinity(), 0, 0}};
  for (const detail::films_above& at : counts)
    curve.push_back(
      {at.threshold, detail::share(at.negatives, all.negatives), detail::share(at.positives, all.positives)});
  return curve;
}

/// From the lowest score that occurs, where recall is 1, to the highest; then the point of precision 1 and
/// recall 0, whose threshold is infinite here and missing in scikit-learn's list.
///
/// returns:  nothing if there is no positive film: recall is then undefined
/// throws:   error{number_not_finite}
/// cost:     n log n
/// see:      sklearn.metrics.precision_recall_curve(truth, scores, drop_intermediate=False)
inline std::optional<std::vector<precision_recall_point>> precision_recall_curve(const std::vector<scored>& films)
{
  const std::vector<detail::films_above> counts = detail::counts_above("precision-recall curve", films);
  if (counts.empty() || counts.back().positives == 0) return std::nullopt;
  std::vector<precision_recall_point> curve{{std::numeric_limits<double>::infinity(), 1, 0}};
  for (const detail::films_above& at : counts)
    curve.push_back({at.threshold, detail::share(at.positives, at.positives + at.negatives),
                     detail::share(at.positives, counts.back().positives)});
  std::reverse(curve.begin(), curve.end());
  return curve;
}

/// The mean precision over the positive films, each at the threshold that just lets it in: the area below the
/// curve as a staircase. Straight lines between its points would promise more than a threshold can do.
///
/// returns:  nothing if there is no positive film; scikit-learn says 0 then
/// throws:   error{number_not_finite}
/// see:      sklearn.metrics.average_precision_score
inline std::optional<double> average_precision(const std::vector<scored>& films)
{
  const std::vector<detail::films_above> counts = detail::counts_above("average precision", films);
  if (counts.empty() || counts.back().positives == 0) return std::nullopt;
  double sum = 0;
  std::int64_t before = 0;
  for (const detail::films_above& at : counts) {
    sum += static_cast<double>(at.positives - before) * detail::share(at.positives, at.positives + at.negatives);
    before = at.positives;
  }
  return sum / static_cast<double>(counts.back().positives);
}

/// The same three of one finding against the rest, from the probabilities of the films measured.
///
/// throws:  as one_against_rest
inline std::optional<std::vector<roc_point>> roc_curve_ovr(const predictions& films, int finding)
{
  return roc_curve(one_against_rest(films, finding));
}

inline std::optional<std::vector<precision_recall_point>> precision_recall_curve_ovr(const predictions& films,
                                                                                     int finding)
{
  return precision_recall_curve(one_against_rest(films, finding));
}

inline std::optional<double> average_precision_ovr(const predictions& films, int finding)
{
  return average_precision(one_against_rest(films, finding));
}

}  // namespace thorax
