// SPDX-License-Identifier: MIT
//
// finding_curves: the curves of every finding and of all of them together, and the tables of their points.

#pragma once

#include <thorax/data/csv.hpp>              // csv_line
#include <thorax/evaluate/auc.hpp>          // auc_exact, one_against_rest, all_pairs
#include <thorax/evaluate/calibration.hpp>  // reliability_bin
#include <thorax/evaluate/roc_curve.hpp>    // roc_curve, precision_recall_curve, average_precision

#include <array>
#include <charconv>  // to_chars
#include <cstddef>   // size_t
#include <optional>
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// What the scores of one finding can do. A curve that is undefined has no point.
struct finding_curve {
  std::string name;
  std::vector<roc_point> roc;
  std::vector<precision_recall_point> precision_recall;
  std::optional<double> area;  ///< below `roc`, exact
  std::optional<double> average_precision;
};

namespace detail {

inline finding_curve curve_of(std::string name, const std::vector<scored>& films)
{
  return {std::move(name), roc_curve(films).value_or(std::vector<roc_point>{}),
          precision_recall_curve(films).value_or(std::vector<precision_recall_point>{}), auc_exact(films),
          average_precision(films)};
}

/// The fewest digits that read back as the same double; an infinite threshold is `inf`.
inline std::string shortest(double number)
{
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

}  // namespace detail

/// The name of the last curve.
inline constexpr const char* micro_average = "micro average";

/// returns:  a curve for each finding against the rest, in their order; then that of all pairs of film and finding,
///           which frequent findings dominate
/// throws:   as ensure_sound
/// see:      sklearn.metrics.roc_curve over label_binarize(labels).ravel() for the last
inline std::vector<finding_curve> finding_curves(const predictions& films)
{
  std::vector<finding_curve> curves;
  for (std::size_t finding = 0; finding < films.findings.size(); ++finding)
    curves.push_back(
      detail::curve_of(films.findings[finding], one_against_rest(films, static_cast<int>(finding))));
  curves.push_back(detail::curve_of(micro_average, all_pairs(films)));
  return curves;
}

/// returns:  the file roc.csv: finding, threshold, false_positive_rate, true_positive_rate
inline std::string roc_csv(std::span<const finding_curve> curves)
{
  std::string text = "finding,threshold,false_positive_rate,true_positive_rate\n";
  for (const finding_curve& curve : curves)
    for (const roc_point& at : curve.roc)
      text +=
        csv_line(std::array{curve.name, detail::shortest(at.threshold), detail::shortest(at.false_positive_rate),
                            detail::shortest(at.true_positive_rate)});
  return text;
}

/// returns:  the file precision_recall.csv: finding, threshold, precision, recall
inline std::string precision_recall_csv(std::span<const finding_curve> curves)
{
  std::string text = "finding,threshold,precision,recall\n";
  for (const finding_curve& curve : curves)
    for (const precision_recall_point& at : curve.precision_recall)
      text += csv_line(std::array{curve.name, detail::shortest(at.threshold), detail::shortest(at.precision),
                                  detail::shortest(at.recall)});
  return text;
}

/// returns:  the file reliability.csv: above, to, films, mean_confidence, accuracy; the last two are blank where
///           there is no film
inline std::string reliability_csv(std::span<const reliability_bin> bins)
{
  std::string text = "above,to,films,mean_confidence,accuracy\n";
  const double count = static_cast<double>(bins.size());
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const bool has_films = bins[b].films > 0;
    text += csv_line(std::array{
      detail::shortest(static_cast<double>(b) / count), detail::shortest(static_cast<double>(b + 1) / count),
      std::to_string(bins[b].films), has_films ? detail::shortest(bins[b].mean_confidence) : std::string{},
      has_films ? detail::shortest(bins[b].accuracy) : std::string{}});
  }
  return text;
}

}  // namespace thorax
