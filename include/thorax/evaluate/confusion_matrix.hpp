// SPDX-License-Identifier: MIT
//
// confusion_matrix: how many films of each finding were taken for which. Accuracy, precision, recall and F1
// are read off it.

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// Counts of films: rows are the labels, columns the predictions, both in the findings' order.
/// A quotient whose denominator is 0 is 0, as in scikit-learn.
class confusion_matrix {
public:
  /// throws:  error{does_not_fit} for fewer than two findings
  explicit confusion_matrix(std::vector<std::string> findings)
    : findings_{std::move(findings)}, counts_(findings_.size() * findings_.size())
  {
    if (findings_.size() < 2)
      throw error{error_code::does_not_fit, "confusion matrix: " + std::to_string(findings_.size()) +
                                              " findings, expected at least 2"};
  }

  /// throws:  error{does_not_fit} if an index is no finding or `films` is negative
  void add(int label, int predicted, std::int64_t films = 1)
  {
    if (label < 0 || label >= size() || predicted < 0 || predicted >= size() || films < 0)
      throw error{error_code::does_not_fit,
                  "confusion matrix: label " + std::to_string(label) + ", prediction " +
                    std::to_string(predicted) + ", " + std::to_string(films) +
                    " films, expected indices 0 to " + std::to_string(size() - 1) +
                    " and no negative count"};
    counts_[place(label, predicted)] += films;
  }

  [[nodiscard]] int size() const { return static_cast<int>(findings_.size()); }
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

  /// requires:  both in [0, size())
  [[nodiscard]] std::int64_t operator()(int label, int predicted) const
  {
    return counts_[place(label, predicted)];
  }

  [[nodiscard]] std::int64_t correct(int finding) const { return (*this)(finding, finding); }

  /// How many films carry this label.
  [[nodiscard]] std::int64_t support(int finding) const
  {
    std::int64_t films = 0;
    for (int predicted = 0; predicted < size(); ++predicted) films += (*this)(finding, predicted);
    return films;
  }

  /// How many films were taken for this finding.
  [[nodiscard]] std::int64_t predicted(int finding) const
  {
    std::int64_t films = 0;
    for (int label = 0; label < size(); ++label) films += (*this)(label, finding);
    return films;
  }

  [[nodiscard]] std::int64_t total() const
  {
    std::int64_t films = 0;
    for (const std::int64_t count : counts_) films += count;
    return films;
  }

  [[nodiscard]] std::int64_t correct() const
  {
    std::int64_t films = 0;
    for (int finding = 0; finding < size(); ++finding) films += correct(finding);
    return films;
  }

  [[nodiscard]] double accuracy() const { return quotient(correct(), total()); }
  [[nodiscard]] double precision(int finding) const { return quotient(correct(finding), predicted(finding)); }
  [[nodiscard]] double recall(int finding) const { return quotient(correct(finding), support(finding)); }

  /// 2·correct / (support + predicted): the harmonic mean of precision and recall, rounded once.
  [[nodiscard]] double f1(int finding) const
  {
    return quotient(2 * correct(finding), support(finding) + predicted(finding));
  }

  /// The unweighted mean of all findings' F1; a finding without a film counts as 0 unless it is absent
  /// from `findings()`.
  [[nodiscard]] double macro_f1() const
  {
    double sum = 0;
    for (int finding = 0; finding < size(); ++finding) sum += f1(finding);
    return sum / size();
  }

  friend bool operator==(const confusion_matrix&, const confusion_matrix&) = default;

private:
  static double quotient(std::int64_t part, std::int64_t whole)
  {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  [[nodiscard]] std::size_t place(int label, int predicted) const
  {
    return static_cast<std::size_t>(label) * findings_.size() + static_cast<std::size_t>(predicted);
  }

  std::vector<std::string> findings_;
  std::vector<std::int64_t> counts_;
};

/// returns:  the counts of the films that have a label and were not rejected
/// throws:   as ensure_sound
inline confusion_matrix confusion_of(const predictions& films)
{
  ensure_sound(films);
  confusion_matrix counts{films.findings};
  for (const prediction& film : films.rows)
    if (is_measured(film)) counts.add(film.true_finding, film.predicted);
  return counts;
}

}  // namespace thorax
