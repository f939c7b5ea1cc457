// SPDX-License-Identifier: MIT
//
// html_measures: the numbers of an evaluation as tables of a page.

#pragma once

#include <thorax/evaluate/evaluation.hpp>    // evaluation
#include <thorax/evaluate/html_page.hpp>     // html_table, html_of
#include <thorax/evaluate/text_columns.hpp>  // fixed_digits

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <optional>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax {

namespace detail {

inline std::string three_digits(const std::optional<double>& number)
{
  return number ? fixed_digits(*number, 3) : "undefined";
}

inline std::string range_text(const std::optional<interval>& range)
{
  return range ? fixed_digits(range->low, 3) + " to " + fixed_digits(range->high, 3) : "undefined";
}

inline std::string with_range(const std::optional<double>& number, const std::optional<interval>& range)
{
  return three_digits(number) + "<small>" + range_text(range) + "</small>";
}

inline std::string with_range(const std::optional<proportion>& found)
{
  return found ? with_range(found->value, found->range_95) : "none";
}

inline std::string number_card(std::string_view name, std::string_view value, std::string_view below)
{
  return "<div><span>" + std::string{name} + "</span><b>" + std::string{value} + "</b><small>" +
         std::string{below} + "</small></div>\n";
}

inline std::string by_patients(const std::optional<patient_intervals>& found,
                               bootstrap_interval patient_intervals::*measure)
{
  return found ? "95 %: " + range_text((*found.*measure).range) + ", by patients" : std::string{};
}

}  // namespace detail

/// returns:  the headline numbers, each with its interval
inline std::string headline_html(const evaluation& whole)
{
  const metrics& found = whole.found;
  std::string html = "<div class=\"numbers\">\n";
  html += detail::number_card("agreement with labels (accuracy)", fixed_digits(found.accuracy, 3),
                              std::to_string(found.counts.correct()) + " of " + std::to_string(found.n) +
                                " films, 95 %: " + detail::range_text(found.accuracy_95) + "<br>" +
                                detail::by_patients(found.by_patients, &patient_intervals::accuracy));
  html += detail::number_card("macro AUC, exact, one against the rest", detail::three_digits(found.macro_auc_ovr),
                              detail::by_patients(found.by_patients, &patient_intervals::macro_auc_ovr));
  html += detail::number_card("macro F1", fixed_digits(found.macro_f1, 3),
                              detail::by_patients(found.by_patients, &patient_intervals::macro_f1));
  if (whole.trusted)
    html +=
      detail::number_card("calibration error", fixed_digits(whole.trusted->ece, 3),
                          "highest probability, " + std::to_string(whole.trusted->top_bins.size()) + " bins");
  return html + "</div>\n";
}

/// returns:  precision, recall, F1, areas of each finding
inline std::string findings_html(const evaluation& whole)
{
  html_table table{
    "each finding against the rest; 95 % intervals: Wilson's of precision and recall, those of areas by patients",
    {"finding", "films", "precision", "recall", "F1", "AUC", "average precision"},
    {}};
  for (std::size_t k = 0; k < whole.found.findings.size(); ++k) {
    const finding_metrics& one = whole.found.findings[k];
    table.rows.push_back(
      {markup_escaped(one.finding), std::to_string(one.support),
       detail::with_range(one.precision, one.precision_95), detail::with_range(one.recall, one.recall_95),
       fixed_digits(one.f1, 3), detail::with_range(one.auc_ovr, whole.scores.auc.at(k).range),
       detail::with_range(whole.curves.at(k).average_precision, whole.scores.average_precision.at(k).range)});
  }
  return html_of(table);
}

/// returns:  counts, and below each its share of the row; darker where the share is larger
inline std::string confusion_html(const confusion_matrix& counts)
{
  std::string html = "<thead><tr><th scope=\"col\">label</th>";
  for (const std::string& finding : counts.findings())
    html += "<th scope=\"col\">" + markup_escaped(finding) + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (int label = 0; label < counts.size(); ++label) {
    html +=
      "<tr><th scope=\"row\">" + markup_escaped(counts.findings()[static_cast<std::size_t>(label)]) + "</th>";
    for (int predicted = 0; predicted < counts.size(); ++predicted) {
      const double all = static_cast<double>(std::max<std::int64_t>(counts.support(label), 1));
      const double share = static_cast<double>(counts(label, predicted)) / all;
      html += "<td style=\"background:rgba(var(--cell)," + fixed_digits(0.55 * share, 2) + ")\">" +
              std::to_string(counts(label, predicted)) + "<small>" + fixed_digits(100 * share, 1) +
              " %</small></td>";
    }
    html += "</tr>\n";
  }
  return html_scrolled("rows: labels; columns: answers; below each count its share of the label's films",
                       html + "</tbody>");
}

/// returns:  a table for each view
inline std::string views_html(const evaluation& whole)
{
  std::string html;
  for (const operating_view& view : whole.views) {
    html_table table{"<b>" + markup_escaped(view.name) + "</b>: " + std::to_string(view.positives) +
                       " films against " + std::to_string(view.negatives) + ", AUC " + fixed_digits(view.area, 3),
                     {"positive if", "threshold", "sensitivity", "specificity", "PPV", "NPV"},
                     {}};
    const std::pair<const char*, const operating_point*> rules[]{
      {"answered so", &view.answers}, {"Youden's J", &view.youden}, {"sensitivity 0.95", &view.sensitive}};
    for (const auto& [rule, point] : rules)
      table.rows.push_back({rule, point->threshold ? fixed_digits(*point->threshold, 4) : "-",
                            detail::with_range(point->sensitivity), detail::with_range(point->specificity),
                            detail::with_range(point->ppv), detail::with_range(point->npv)});
    html += html_of(table);
  }
  return html + "<p class=\"faint\">Both thresholds were chosen on these very films, so their rows look better "
                "than they are. "
                "PPV and NPV hold for the mix of these films only. Intervals take films for independent.</p>\n";
}

/// returns:  what answers would be worth at the stated shares
inline std::string prevalence_html(const at_prevalence& found)
{
  html_table table{
    "films weighted to the stated shares; corrected: probabilities from the learned shares to the stated ones",
    {"finding", "learned", "stated", "precision", "recall", "precision, corrected", "recall, corrected"},
    {}};
  for (std::size_t k = 0; k < found.findings.size(); ++k)
    table.rows.push_back(
      {markup_escaped(found.findings[k]), fixed_digits(found.learned[k], 3), fixed_digits(found.stated[k], 3),
       detail::three_digits(found.as_answered.precision[k]), fixed_digits(found.as_answered.recall[k], 3),
       detail::three_digits(found.corrected.precision[k]), fixed_digits(found.corrected.recall[k], 3)});
  return html_of(table) + "<p>Accuracy " + fixed_digits(found.as_answered.accuracy, 3) + ", corrected " +
         fixed_digits(found.corrected.accuracy, 3) + "; log loss " + fixed_digits(found.as_answered.log_loss, 3) +
         ", corrected " + fixed_digits(found.corrected.log_loss, 3) +
         ". This holds where films of a finding look as these do; nobody measured one there.</p>\n";
}

}  // namespace thorax
