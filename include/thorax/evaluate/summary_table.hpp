// SPDX-License-Identifier: MIT
//
// summary_table: what a terminal shows of an evaluation: the headline numbers with their n and interval, and
// the confusion matrix.

#pragma once

#include <thorax/evaluate/calibration.hpp>       // calibration
#include <thorax/evaluate/confusion_matrix.hpp>  // confusion_matrix
#include <thorax/evaluate/metrics.hpp>           // metrics
#include <thorax/evaluate/patient_intervals.hpp>  // patient_intervals
#include <thorax/evaluate/text_columns.hpp>      // characters, fixed_digits, right_aligned

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// returns:  the counts, a label a row, a prediction a column. Columns are headed by the findings' indices,
///           which stand before their names in the rows, so ten findings of up to 9,999 films fit 80 columns
inline std::string confusion_table(const confusion_matrix& counts)
{
  const std::string corner = "label \\ predicted";
  std::vector<std::string> rows;
  std::size_t name_width = corner.size();
  for (int finding = 0; finding < counts.size(); ++finding) {
    rows.push_back(std::to_string(finding) + ' ' + counts.findings()[static_cast<std::size_t>(finding)]);
    name_width = std::max(name_width, characters(rows.back()));
  }
  const std::size_t width = 2 + std::max(std::to_string(counts.total()).size(), std::size_t{2});

  std::string table = right_aligned(corner, name_width);
  for (int predicted = 0; predicted < counts.size(); ++predicted)
    table += right_aligned(std::to_string(predicted), width);
  for (int label = 0; label < counts.size(); ++label) {
    table += '\n' + right_aligned(rows[static_cast<std::size_t>(label)], name_width);
    for (int predicted = 0; predicted < counts.size(); ++predicted)
      table += right_aligned(std::to_string(counts(label, predicted)), width);
  }
  return table + '\n';
}

/// returns:  a line for each finding: precision and recall with Wilson's 95 % intervals
inline std::string proportion_table(const metrics& found)
{
  const auto cell = [](double value, const std::optional<interval>& range) {
    return right_aligned(range ? fixed_digits(value, 3) + " (" + fixed_digits(range->low, 3) + " to " +
                                   fixed_digits(range->high, 3) + ")"
                               : std::string{"no film"},
                         24);
  };
  std::string text = right_aligned("with 95 % intervals", 22) + right_aligned("precision", 24) +
                     right_aligned("recall", 24) + '\n';
  for (const finding_metrics& one : found.findings)
    text += right_aligned(one.finding, 22) + cell(one.precision, one.precision_95) + cell(one.recall, one.recall_95) + '\n';
  return text;
}

/// returns:  three lines: how many patients were drawn again how often, and what 95 % of it was, say
inline std::string interval_lines(const patient_intervals& found)
{
  const auto range = [](const bootstrap_interval& of) {
    return of.range ? fixed_digits(of.range->low, 3) + " to " + fixed_digits(of.range->high, 3) : "undefined";
  };
  return "by patients, " + std::to_string(found.drawn.resamples) + " draws of " +
         std::to_string(found.accuracy.patients) + ", " + fixed_digits(100 * found.drawn.confidence, 0) +
         " % intervals:\n  accuracy " + range(found.accuracy) + ", macro F1 " + range(found.macro_f1) +
         "\n  macro AUC " + range(found.macro_auc_ovr) + '\n';
}

/// returns:  the headline numbers of the films of `split`, then confusion_table
inline std::string summary_table(const metrics& found, std::string_view split,
                                 const std::optional<calibration>& trusted = {})
{
  const interval& likely = found.accuracy_95;
  std::string text{split};
  text += ": " + std::to_string(found.n) + " films measured, " + std::to_string(found.rejected) +
          " rejected, " + std::to_string(found.unlabeled) + " without a label\n";
  text += "accuracy   " + fixed_digits(found.accuracy, 3) + "  (" + std::to_string(found.counts.correct()) +
          " of " + std::to_string(found.n) + ", 95 % interval " + fixed_digits(likely.low, 3) + " to " +
          fixed_digits(likely.high, 3) + ")\n";
  text += "macro F1   " + fixed_digits(found.macro_f1, 3) + '\n';
  text += "macro AUC  ";
  if (found.macro_auc_ovr)
    text += fixed_digits(*found.macro_auc_ovr, 3) + "  (exact, one finding against the rest)\n";
  else
    text += "undefined  (a finding has no film, or no other finding has one)\n";
  text += "Keras AUC  " + fixed_digits(found.auc_keras_micro200, 3) + "  (micro, 200 thresholds; only for Keras' logs)\n";
  text += "log loss   " + fixed_digits(found.log_loss, 3) + '\n';
  if (trusted)
    text += "calibration error " + fixed_digits(trusted->ece, 3) + " in " + std::to_string(trusted->top_bins.size()) +
            " bins, Brier score " + fixed_digits(trusted->brier, 3) + '\n';
  if (found.by_patients) text += interval_lines(*found.by_patients);
  return text + '\n' + confusion_table(found.counts);
}

}  // namespace thorax
