// SPDX-License-Identifier: MIT
//
// history: what each epoch of a training run reached, as a table that survives a stop.

#pragma once

#include <thorax/base/error.hpp>         // error
#include <thorax/data/csv.hpp>           // csv_line, parse_csv
#include <thorax/model/json_writer.hpp>  // json_of

#include <array>
#include <charconv>  // from_chars
#include <cmath>     // isfinite
#include <string>
#include <string_view>
#include <system_error>  // errc
#include <type_traits>   // is_integral_v
#include <vector>

namespace thorax {

/// What validation measures: means over films. Which of the two decides what is best is the caller's choice.
struct validation {
  double loss{};  ///< unweighted cross-entropy
  double accuracy{};

  friend bool operator==(const validation&, const validation&) = default;
};

/// One epoch. Losses and accuracies are means over films; the training ones are taken while the weights change.
struct epoch_record {
  int phase{};           ///< counts from 1
  int epoch{};           ///< within its phase, counts from 1
  double learning_rate{};
  double loss{};         ///< weighted, as it is trained
  double accuracy{};
  double validation_loss{};  ///< unweighted cross-entropy
  double validation_accuracy{};
  double seconds{};      ///< training time, validation not included; of a resumed epoch since it was resumed

  friend bool operator==(const epoch_record&, const epoch_record&) = default;
};

namespace detail {

inline constexpr std::array<std::string_view, 8> history_columns{
  "phase", "epoch", "learning_rate", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds"};

/// returns:  the field as an int from 0 on, or as a finite double
template<class Number>
Number history_number(const csv_table& table, const csv_row& row, std::string_view column)
{
  constexpr bool is_whole = std::is_integral_v<Number>;
  const std::string& field = row.fields[table.at(column)];
  const char* const end = field.data() + field.size();
  Number number{};
  const auto [rest, problem] = std::from_chars(field.data(), end, number);
  bool fits = problem == std::errc{} && rest == end;
  if constexpr (is_whole) fits = fits && number >= 0;
  else fits = fits && std::isfinite(number);
  if (!fits)
    throw error{error_code::format_refused, "'" + table.name + "', line " + std::to_string(row.line) +
                                              ": expected a " + (is_whole ? "whole" : "finite") + " number as " +
                                              std::string{column} + ", found " + shown(field)};
  return number;
}

}  // namespace detail

/// returns:  the records as CSV; every number comes back exactly. If there is something to be said of the split, as
///           "leaky", it stands in every line, in a column of its own
/// throws:   error{number_not_finite}
inline std::string history_csv(const std::vector<epoch_record>& records, const std::string& split = {})
{
  const auto line = [&](std::vector<std::string> fields, const std::string& last) {
    if (!split.empty()) fields.push_back(last);
    return csv_line(fields);
  };
  std::string text = line({detail::history_columns.begin(), detail::history_columns.end()}, "split");
  for (const epoch_record& each : records)
    text += line({std::to_string(each.phase), std::to_string(each.epoch), json_of(each.learning_rate), json_of(each.loss),
                  json_of(each.accuracy), json_of(each.validation_loss), json_of(each.validation_accuracy),
                  json_of(each.seconds)},
                 split);
  return text;
}

/// `name` stands in the sentences.
///
/// throws:  error{format_refused} with the line
inline std::vector<epoch_record> parse_history(std::string_view text, const std::string& name)
{
  const csv_table table = parse_csv(text, name);
  for (const std::string_view column : detail::history_columns) static_cast<void>(table.at(column));
  std::vector<epoch_record> records;
  for (const csv_row& row : table.rows) {
    const auto whole = [&](std::string_view column) { return detail::history_number<int>(table, row, column); };
    const auto number = [&](std::string_view column) { return detail::history_number<double>(table, row, column); };
    records.push_back({whole("phase"), whole("epoch"), number("learning_rate"), number("loss"), number("accuracy"),
                       number("validation_loss"), number("validation_accuracy"), number("seconds")});
  }
  return records;
}

}  // namespace thorax
