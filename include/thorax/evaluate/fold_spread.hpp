// SPDX-License-Identifier: MIT
//
// fold_spread: the headline numbers of each fold, their mean and how far folds lie apart.

#pragma once

#include <thorax/base/error.hpp>             // error
#include <thorax/evaluate/json_text.hpp>     // json_text
#include <thorax/evaluate/metrics.hpp>       // metrics, metrics_of
#include <thorax/evaluate/predictions.hpp>   // predictions
#include <thorax/evaluate/text_columns.hpp>  // fixed_digits, right_aligned

#include <array>
#include <cmath>    // sqrt
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// One fold. An area under the curve is undefined if a finding has no film, or no other has one.
struct fold_measures {
  int fold{};
  std::int64_t n{};
  double accuracy{};
  double macro_f1{};
  std::optional<double> macro_auc_ovr{};
  double log_loss{};
};

/// Mean and standard deviation of one number over folds, each counted once whatever its size. The deviation, with a
/// divisor of folds - 1, says how much folds differ. It is no interval, and divided by the root of their number it would
/// be none either: networks of two folds share most of their films (Bengio and Grandvalet 2004, "No unbiased estimator
/// of the variance of k-fold cross-validation").
struct spread {
  double mean{};
  double standard_deviation{};
};

struct fold_spread {
  std::vector<fold_measures> folds;  ///< by number
  spread accuracy;
  spread macro_f1;
  std::optional<spread> macro_auc_ovr;  ///< nothing if it is undefined in one of the folds
  spread log_loss;
};

/// returns:  mean and standard deviation of at least two numbers
inline spread spread_of(const std::vector<double>& numbers)
{
  const auto count = static_cast<double>(numbers.size());
  double mean = 0, squares = 0;
  for (const double each : numbers) mean += each / count;
  for (const double each : numbers) squares += (each - mean) * (each - mean);
  return {mean, std::sqrt(squares / (count - 1))};
}

/// throws:  as metrics_of, with a fold that has no film to measure; error{does_not_fit} for fewer than two folds
inline fold_spread fold_spread_of(const predictions& films)
{
  std::map<int, predictions> by_fold;
  for (const prediction& film : films.rows) {
    predictions& fold = by_fold.try_emplace(film.fold, predictions{films.findings, {}, films.findings_exclude_each_other})
                          .first->second;
    fold.rows.push_back(film);
  }
  if (by_fold.size() < 2)
    throw error{error_code::does_not_fit, "mean and deviation over folds: expected films of at least 2 folds, found " +
                                            std::to_string(by_fold.size())};
  fold_spread found;
  std::array<std::vector<double>, 4> numbers;
  for (const auto& [number, part] : by_fold) {
    const metrics of_fold = metrics_of(part);
    found.folds.push_back(
      {number, of_fold.n, of_fold.accuracy, of_fold.macro_f1, of_fold.macro_auc_ovr, of_fold.log_loss});
    numbers[0].push_back(of_fold.accuracy);
    numbers[1].push_back(of_fold.macro_f1);
    if (of_fold.macro_auc_ovr) numbers[2].push_back(*of_fold.macro_auc_ovr);
    numbers[3].push_back(of_fold.log_loss);
  }
  found.accuracy = spread_of(numbers[0]);
  found.macro_f1 = spread_of(numbers[1]);
  if (numbers[2].size() == by_fold.size()) found.macro_auc_ovr = spread_of(numbers[2]);
  found.log_loss = spread_of(numbers[3]);
  return found;
}

/// returns:  a line a fold, their mean and their standard deviation, and what the latter is not
inline std::string spread_table(const fold_spread& found)
{
  const auto line = [](const std::string& name, const std::string& films, const std::array<std::optional<double>, 4>& numbers) {
    std::string text = right_aligned(name, 18) + right_aligned(films, 7);
    for (const std::optional<double>& each : numbers) text += right_aligned(each ? fixed_digits(*each, 3) : "undefined", 11);
    return text + '\n';
  };
  std::string table = right_aligned("fold", 18) + right_aligned("films", 7);
  for (const char* name : {"accuracy", "macro F1", "macro AUC", "log loss"}) table += right_aligned(name, 11);
  table += '\n';
  for (const fold_measures& each : found.folds)
    table += line(std::to_string(each.fold), std::to_string(each.n),
                  {each.accuracy, each.macro_f1, each.macro_auc_ovr, each.log_loss});
  const auto row = [&](const char* name, double spread::*number) {
    std::optional<double> area;
    if (found.macro_auc_ovr) area = (*found.macro_auc_ovr).*number;
    return line(name, "", {found.accuracy.*number, found.macro_f1.*number, area, found.log_loss.*number});
  };
  return table + row("mean", &spread::mean) + row("standard deviation", &spread::standard_deviation) +
         "The deviation says how much folds differ; it is no interval.\n";
}

/// returns:  the same as JSON: docs/reference/evaluate/fold_spread.md
inline std::string folds_json(const fold_spread& found)
{
  json_text json;
  json.begin_object().name("format").value("thorax folds 1").name("folds").begin_array();
  for (const fold_measures& each : found.folds) {
    json.begin_object().name("fold").value(std::int64_t{each.fold}).name("n").value(each.n);
    json.name("accuracy").value(each.accuracy).name("macro_f1").value(each.macro_f1);
    json.name("macro_auc_ovr").value(each.macro_auc_ovr).name("log_loss").value(each.log_loss).end_object();
  }
  json.end_array();
  for (const auto& [name, number] : {std::pair<std::string_view, double spread::*>{"mean", &spread::mean},
                                     {"standard_deviation", &spread::standard_deviation}}) {
    std::optional<double> area;
    if (found.macro_auc_ovr) area = (*found.macro_auc_ovr).*number;
    json.name(name).begin_object().name("accuracy").value(found.accuracy.*number);
    json.name("macro_f1").value(found.macro_f1.*number).name("macro_auc_ovr").value(area);
    json.name("log_loss").value(found.log_loss.*number).end_object();
  }
  return json.end_object().text();
}

}  // namespace thorax
