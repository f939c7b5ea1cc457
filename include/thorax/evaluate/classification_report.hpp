// SPDX-License-Identifier: MIT
//
// classification_report: precision, recall and F1 of every finding as text, byte for byte as scikit-learn's
// classification_report(labels, predictions, labels=range(k), target_names=findings) prints it.

#pragma once

#include <thorax/base/error.hpp>                 // error
#include <thorax/evaluate/confusion_matrix.hpp>  // confusion_matrix
#include <thorax/evaluate/text_columns.hpp>      // characters, fixed_digits, right_aligned

#include <algorithm>  // max
#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <span>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax {

namespace detail {

/// The sum in NumPy's order (pairwise, blocks of 128, eight running sums). A mean that lies at the middle of
/// two printed numbers is rounded by its last bit, and that depends on the order.
inline double sum_in_numpy_order(std::span<const double> numbers)
{
  const std::size_t n = numbers.size();
  if (n > 128) {
    const std::size_t half = n / 2 - (n / 2) % 8;
    return sum_in_numpy_order(numbers.first(half)) + sum_in_numpy_order(numbers.subspan(half));
  }
  std::size_t i = 0;
  double sum = 0;
  if (n >= 8) {
    std::array<double, 8> r{};
    for (; i + 8 <= n; i += 8)
      for (std::size_t lane = 0; lane < 8; ++lane) r[lane] += numbers[i + lane];
    sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  }
  for (; i < n; ++i) sum += numbers[i];
  return sum;
}

/// One line of the report; an empty cell is printed as blanks.
struct report_row {
  std::string name;
  std::array<std::string, 3> cells;
  std::int64_t films;

  [[nodiscard]] std::string text(std::size_t width) const
  {
    std::string line = right_aligned(name, width) + ' ';
    for (const std::string& cell : cells) line += ' ' + right_aligned(cell, 9);
    return line + ' ' + right_aligned(std::to_string(films), 9) + '\n';
  }
};

/// The mean of precision, recall and F1 over the findings, each counted `weights` times.
inline report_row average_row(const confusion_matrix& counts, std::string name,
                              std::span<const double> weights)
{
  std::array<std::vector<double>, 3> terms;
  for (int finding = 0; finding < counts.size(); ++finding) {
    const double weight = weights[static_cast<std::size_t>(finding)];
    terms[0].push_back(counts.precision(finding) * weight);
    terms[1].push_back(counts.recall(finding) * weight);
    terms[2].push_back(counts.f1(finding) * weight);
  }
  const double total = sum_in_numpy_order(weights);
  report_row row{std::move(name), {}, counts.total()};
  for (std::size_t column = 0; column < 3; ++column)
    row.cells[column] = fixed_digits(sum_in_numpy_order(terms[column]) / total, 2);
  return row;
}

}  // namespace detail

/// returns:  the report with two digits; a quotient whose denominator is 0 is printed as 0.00
/// throws:   error{does_not_fit} if no film was counted
/// see:      scikit-learn, metrics/_classification.py, releases 1.5 to 1.9; what older ones do otherwise is in
///           docs/reference/evaluate/classification_report.md
inline std::string classification_report(const confusion_matrix& counts)
{
  if (counts.total() == 0)
    throw error{error_code::does_not_fit,
                "classification report: no film was counted, expected at least one with a known finding"};
  std::size_t width = std::string_view{"weighted avg"}.size();
  for (const std::string& finding : counts.findings()) width = std::max(width, characters(finding));

  std::string report(width + 1, ' ');
  for (const char* heading : {"precision", "recall", "f1-score", "support"})
    report += ' ' + right_aligned(heading, 9);
  report += "\n\n";
  std::vector<double> once(counts.findings().size(), 1.0);
  std::vector<double> by_support;
  for (int finding = 0; finding < counts.size(); ++finding) {
    const detail::report_row row{counts.findings()[static_cast<std::size_t>(finding)],
                                 {fixed_digits(counts.precision(finding), 2),
                                  fixed_digits(counts.recall(finding), 2),
                                  fixed_digits(counts.f1(finding), 2)},
                                 counts.support(finding)};
    report += row.text(width);
    by_support.push_back(static_cast<double>(counts.support(finding)));
  }
  const std::string accuracy = fixed_digits(counts.accuracy(), 2);
  report += '\n' + detail::report_row{"accuracy", {"", "", accuracy}, counts.total()}.text(width);
  report += detail::average_row(counts, "macro avg", once).text(width);
  return report + detail::average_row(counts, "weighted avg", by_support).text(width);
}

}  // namespace thorax
