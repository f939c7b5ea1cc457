// SPDX-License-Identifier: MIT
//
// operating_views: each finding, and everything but the normal one, with three ways to call films positive.

#pragma once

#include <thorax/data/dataset.hpp>              // lower_case
#include <thorax/evaluate/binary_view.hpp>      // binary_view, abnormal_view
#include <thorax/evaluate/operating_point.hpp>  // operating_point
#include <thorax/evaluate/text_columns.hpp>     // fixed_digits, right_aligned

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <optional>
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// What is called positive, and what three ways to call it do to the films.
struct operating_view {
  std::string name;  ///< of the positive findings
  std::int64_t positives{};
  std::int64_t negatives{};
  double area{};  ///< exact, of this view's score
  operating_point answers{};
  operating_point youden{};
  operating_point sensitive{};  ///< at a sensitivity of `wanted_sensitivity`
};

inline constexpr double wanted_sensitivity = 0.95;

namespace detail {

/// The exact area of scores in double precision; see auc_exact. Nothing without films on both sides.
inline std::optional<double> area_of(const std::vector<binary_film>& films)
{
  std::int64_t half_wins = 0;
  films_above before;
  for (const films_above& at : counts_above(films)) {
    const std::int64_t positives = at.positives - before.positives;
    half_wins += (at.negatives - before.negatives) * (2 * before.positives + positives);
    before = at;
  }
  if (before.positives == 0 || before.negatives == 0) return std::nullopt;
  return static_cast<double>(half_wins) /
         (2 * static_cast<double>(before.positives) * static_cast<double>(before.negatives));
}

inline std::string others_in_words(const std::vector<std::string>& findings, const std::string& negative)
{
  if (findings.size() > 4) return "not " + negative;
  std::string words;
  for (const std::string& each : findings)
    if (each != negative) words += (words.empty() ? "" : " or ") + each;
  return words;
}

inline void add_view(std::vector<operating_view>& views, std::string name, const std::vector<binary_film>& films)
{
  const std::optional<double> area = area_of(films);
  if (!area) return;
  operating_view view{.name = std::move(name), .area = *area};
  view.answers = point_of_answers(films);
  view.youden = point_of_youden(films);
  view.sensitive = point_of_sensitivity(films, wanted_sensitivity);
  view.positives = view.answers.true_positives + view.answers.false_negatives;
  view.negatives = view.answers.true_negatives + view.answers.false_positives;
  views.push_back(std::move(view));
}

}  // namespace detail

/// returns:  the finding called NORMAL, in any case of letters, if it is one of three or more that exclude each
///           other; of two findings the other one's view says it all
inline std::optional<std::string> usual_negative(const predictions& films)
{
  if (films.findings.size() < 3 || !films.findings_exclude_each_other) return std::nullopt;
  for (const std::string& each : films.findings)
    if (detail::lower_case(each) == "normal") return each;
  return std::nullopt;
}

/// returns:  a view of each finding against the rest, then that of all findings but `negative` against it; without
///           those whose films are all on one side
/// throws:   as binary_view and point_of_answers
inline std::vector<operating_view> operating_views(const predictions& films,
                                                   const std::optional<std::string>& negative = {})
{
  std::vector<operating_view> views;
  for (const std::string& finding : films.findings)
    detail::add_view(views, finding, binary_view(films, {finding}));
  if (negative)
    detail::add_view(views, detail::others_in_words(films.findings, *negative), abnormal_view(films, *negative));
  return views;
}

namespace detail {

inline std::string cell_of(const proportion& found)
{
  return fixed_digits(found.value, 3) + " (" + fixed_digits(found.range_95.low, 2) + "-" +
         fixed_digits(found.range_95.high, 2) + ")";
}

inline std::string cell_of(const std::optional<proportion>& found)
{
  return found ? fixed_digits(found->value, 3) : "none";
}

inline std::string row_of(std::string rule, const operating_point& point)
{
  rule.resize(16, ' ');
  return "  " + rule + right_aligned(point.threshold ? fixed_digits(*point.threshold, 4) : "-", 9) +
         right_aligned(cell_of(point.sensitivity), 19) + right_aligned(cell_of(point.specificity), 19) +
         right_aligned(cell_of(point.ppv), 7) + right_aligned(cell_of(point.npv), 7) + '\n';
}

}  // namespace detail

/// returns:  a paragraph for each view, within 80 columns: the rule, its threshold, sensitivity and specificity with
///           Wilson's 95 % intervals, PPV and NPV
inline std::string operating_table(std::span<const operating_view> views)
{
  std::string text = "  positive if ...  threshold        sensitivity        specificity    PPV    NPV\n";
  for (const operating_view& view : views) {
    text += view.name + ": " + std::to_string(view.positives) + " films against " +
            std::to_string(view.negatives) + ", area " + fixed_digits(view.area, 3) + '\n';
    text += detail::row_of("answered so", view.answers) + detail::row_of("Youden's J", view.youden) +
            detail::row_of("sensitivity " + fixed_digits(wanted_sensitivity, 2), view.sensitive);
  }
  return text;
}

}  // namespace thorax
