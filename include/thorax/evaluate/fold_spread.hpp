// SPDX-License-Identifier: MIT
//
// fold_spread: the headline numbers of each fold, their mean and how far folds lie apart.

#pragma once

#include <thorax/base/error.hpp>             // error
#include <thorax/evaluate/json_text.hpp>     // json_text
#include <thorax/evaluate/metrics.hpp>       // metrics, metrics_of
#include <thorax/evaluate/predictions.hpp>   // predictions
#include <thorax/evaluate/text_columns.hpp>  // fixed_digits, right_aligned

#include <cmath>    // nan, sqrt
#include <cstdint>  // int64_t
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// The numbers of one fold, or their mean or deviation.
struct headline_numbers {
  double accuracy{};
  double macro_f1{};
  std::optional<double> macro_auc_ovr{};  ///< nothing if a finding of a fold has no film, or no other finding has one
  double log_loss{};
};

struct fold_measures {
  int fold{};
  std::int64_t n{};
  headline_numbers found{};
};

/// Each fold counts once whatever its size. The deviation, with a divisor of folds - 1, says how much folds differ. It is
/// no interval, and divided by the root of their number it would be none either: networks of two folds share most of
/// their films (Bengio and Grandvalet 2004, "No unbiased estimator of the variance of k-fold cross-validation").
struct fold_spread {
  std::vector<fold_measures> folds;  ///< by number
  headline_numbers mean{};
  headline_numbers standard_deviation{};
};

namespace detail {

/// Mean and deviation of one number, which `of` takes from a fold, into the same place of two others.
inline void spread_over(const std::vector<fold_measures>& folds, double (*of)(const fold_measures&), double& mean,
                        double& deviation)
{
  const auto count = static_cast<double>(folds.size());
  mean = 0;
  for (const fold_measures& each : folds) mean += of(each) / count;
  double squares = 0;
  for (const fold_measures& each : folds) squares += (of(each) - mean) * (of(each) - mean);
  deviation = std::sqrt(squares / (count - 1));
}

inline void spread_area(fold_spread& found)
{
  for (const fold_measures& each : found.folds)
    if (!each.found.macro_auc_ovr) return;
  spread_over(
    found.folds, [](const fold_measures& fold) { return fold.found.macro_auc_ovr.value_or(std::nan("")); },
    found.mean.macro_auc_ovr.emplace(), found.standard_deviation.macro_auc_ovr.emplace());
}

inline fold_measures measures_of(const predictions& films, int fold)
{
  predictions part{films.findings, {}, films.findings_exclude_each_other};
  for (const prediction& film : films.rows)
    if (film.fold == fold) part.rows.push_back(film);
  const metrics found = metrics_of(part);
  return {fold, found.n, {found.accuracy, found.macro_f1, found.macro_auc_ovr, found.log_loss}};
}

inline std::string spread_line(const std::string& name, const std::string& films, const headline_numbers& found)
{
  const auto column = [](double number) { return right_aligned(fixed_digits(number, 3), 11); };
  return right_aligned(name, 18) + right_aligned(films, 7) + column(found.accuracy) + column(found.macro_f1) +
         (found.macro_auc_ovr ? column(*found.macro_auc_ovr) : right_aligned("undefined", 11)) + column(found.log_loss) +
         '\n';
}

inline void write_headline(json_text& json, const headline_numbers& found)
{
  json.name("accuracy").value(found.accuracy).name("macro_f1").value(found.macro_f1);
  json.name("macro_auc_ovr").value(found.macro_auc_ovr).name("log_loss").value(found.log_loss);
}

}  // namespace detail

/// throws:  as metrics_of, with a fold that has no film to measure; error{does_not_fit} for fewer than two folds
inline fold_spread fold_spread_of(const predictions& films)
{
  std::set<int> numbers;
  for (const prediction& film : films.rows) numbers.insert(film.fold);
  if (numbers.size() < 2)
    throw error{error_code::does_not_fit, "mean and deviation over folds: expected films of at least 2 folds, found " +
                                            std::to_string(numbers.size())};
  fold_spread found;
  for (const int fold : numbers) found.folds.push_back(detail::measures_of(films, fold));
  headline_numbers &mean = found.mean, &deviation = found.standard_deviation;
  detail::spread_over(
    found.folds, [](const fold_measures& fold) { return fold.found.accuracy; }, mean.accuracy, deviation.accuracy);
  detail::spread_over(
    found.folds, [](const fold_measures& fold) { return fold.found.macro_f1; }, mean.macro_f1, deviation.macro_f1);
  detail::spread_over(
    found.folds, [](const fold_measures& fold) { return fold.found.log_loss; }, mean.log_loss, deviation.log_loss);
  detail::spread_area(found);
  return found;
}

/// returns:  a line a fold, their mean and their standard deviation, and what the latter is not
inline std::string spread_table(const fold_spread& found)
{
  std::string table = right_aligned("fold", 18) + right_aligned("films", 7);
  for (const char* name : {"accuracy", "macro F1", "macro AUC", "log loss"}) table += right_aligned(name, 11);
  table += '\n';
  for (const fold_measures& each : found.folds)
    table += detail::spread_line(std::to_string(each.fold), std::to_string(each.n), each.found);
  return table + detail::spread_line("mean", "", found.mean) +
         detail::spread_line("standard deviation", "", found.standard_deviation) +
         "The deviation says how much folds differ; it is no interval.\n";
}

/// returns:  the same as JSON: docs/reference/evaluate/fold_spread.md
inline std::string folds_json(const fold_spread& found)
{
  json_text json;
  json.begin_object().name("format").value("thorax folds 1").name("folds").begin_array();
  for (const fold_measures& each : found.folds) {
    json.begin_object().name("fold").value(std::int64_t{each.fold}).name("n").value(each.n);
    detail::write_headline(json, each.found);
    json.end_object();
  }
  json.end_array().name("mean").begin_object();
  detail::write_headline(json, found.mean);
  json.end_object().name("standard_deviation").begin_object();
  detail::write_headline(json, found.standard_deviation);
  return json.end_object().end_object().text();
}

}  // namespace thorax
