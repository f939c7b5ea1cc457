// SPDX-License-Identifier: MIT
//
// read_predictions: predictions.csv read again, strictly: what predictions_csv would not write is refused with its line.

#pragma once

#include <thorax/base/error.hpp>  // error
#include <thorax/data/csv.hpp>  // csv_table, read_csv
#include <thorax/evaluate/predictions.hpp>  // predictions
#include <thorax/evaluate/predictions_csv.hpp>  // prediction_columns

#include <algorithm>  // find
#include <charconv>  // from_chars
#include <cmath>  // isfinite
#include <cstddef>  // size_t
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>  // errc
#include <utility>  // move
#include <vector>

namespace thorax {

namespace detail {

/// One row: takes the fields from left to right.
class prediction_fields {
public:
  prediction_fields(const csv_table& table, const csv_row& row) : table_{table}, row_{row} {}

  std::string text() { return row_.fields[at_++]; }

  /// returns:  the number that the whole field is; nothing if it is blank
  template<class Number>
  std::optional<Number> number(const char* expected)
  {
    const std::string field = text();
    if (field.empty()) return std::nullopt;
    Number value{};
    const auto [rest, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (problem != std::errc{} || rest != field.data() + field.size()) refuse(expected, field);
    return value;
  }

  /// returns:  one number a finding, or none if all are blank
  std::vector<float> numbers(std::size_t findings)
  {
    std::vector<float> found;
    const std::size_t first = at_;
    for (std::size_t k = 0; k < findings; ++k)
      if (const std::optional<float> value = number<float>("a number or a blank"); value) found.push_back(*value);
    if (!found.empty() && found.size() != findings) {
      at_ = first + 1;
      refuse("all numbers of this kind or none of them",
             std::to_string(found.size()) + " of " + std::to_string(findings));
    }
    return found;
  }

  /// returns:  the place of the finding; -1 if it is blank
  int finding(const std::vector<std::string>& known)
  {
    const std::string field = text();
    if (field.empty()) return -1;
    const auto place = std::find(known.begin(), known.end(), field);
    if (place == known.end()) refuse("one of the findings, or a blank", field);
    return static_cast<int>(place - known.begin());
  }

  /// Of the field that was taken last.
  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const
  {
    throw error{error_code::format_refused, "'" + table_.name + "', line " + std::to_string(row_.line) +
                                              ", column " + table_.columns[at_ - 1] + ": expected " + expected +
                                              ", found '" + found + "'"};
  }

private:
  const csv_table& table_;
  const csv_row& row_;
  std::size_t at_{};
};

/// returns:  whether the table has a column for the temperature; files of version 0.1 have none
inline bool ensure_prediction_columns(const csv_table& table, const std::vector<std::string>& findings)
{
  const std::vector<std::string> expected = prediction_columns(findings);
  if (table.columns == expected) return true;
  std::vector<std::string> older = expected;
  older.erase(std::find(older.begin(), older.end(), "temperature"));
  if (table.columns == older) return false;
  const auto in_words = [](const std::vector<std::string>& columns) {
    std::string words;
    for (const std::string& each : columns) words += (words.empty() ? "" : ",") + each;
    return words;
  };
  throw error{error_code::format_refused, "'" + table.name + "', line 1: expected the columns " +
                                            in_words(expected) + ", found " + in_words(table.columns) +
                                            "; only a predictions.csv of the same findings can be compared"};
}

/// A temperature is of the file, although it stands in every row that has probabilities.
inline void take_temperature(prediction_fields& fields, std::optional<double>& of_all, bool has_probabilities)
{
  const std::optional<double> found = fields.number<double>("a number above 0");
  if (found.has_value() != has_probabilities)
    fields.refuse(has_probabilities ? "a number above 0" : "a blank, because the row has no probabilities",
                  found ? std::to_string(*found) : "");
  if (!found) return;
  if (!(*found > 0 && std::isfinite(*found)) || (of_all && *of_all != *found))
    fields.refuse("a number above 0, the same in all rows", std::to_string(*found));
  of_all = found;
}

inline prediction prediction_in(prediction_fields& fields, const std::vector<std::string>& findings,
                                bool has_temperature, std::optional<double>& temperature)
{
  prediction film;
  film.path = fields.text();
  film.patient = fields.text();
  film.fold = fields.number<int>("a fold from 0, or a blank").value_or(-1);
  if (film.fold < -1) fields.refuse("a fold from 0, or a blank", std::to_string(film.fold));
  film.true_finding = fields.finding(findings);
  film.predicted = fields.finding(findings);
  film.probabilities = fields.numbers(findings.size());
  film.logits = fields.numbers(findings.size());
  if (has_temperature) take_temperature(fields, temperature, !film.probabilities.empty());
  const std::string rejected = fields.text();
  if (rejected != "true" && rejected != "false") fields.refuse("true or false", rejected);
  film.rejected = rejected == "true";
  film.reason = fields.text();
  return film;
}

}  // namespace detail

/// throws:  error{format_refused} with line and column; as ensure_sound
inline predictions parse_predictions(const csv_table& table, std::vector<std::string> findings,
                                     bool findings_exclude_each_other = true)
{
  const bool has_temperature = detail::ensure_prediction_columns(table, findings);
  predictions films{std::move(findings), {}, findings_exclude_each_other};
  std::optional<double> temperature;
  for (const csv_row& row : table.rows) {
    detail::prediction_fields fields{table, row};
    films.rows.push_back(detail::prediction_in(fields, films.findings, has_temperature, temperature));
  }
  films.temperature = temperature.value_or(1);
  ensure_sound(films);
  return films;
}

/// Reads what predictions_csv wrote of a network with these findings.
///
/// throws:  as parse_predictions and read_csv
inline predictions read_predictions(const std::filesystem::path& path, std::vector<std::string> findings,
                                    bool findings_exclude_each_other = true)
{
  return parse_predictions(read_csv(path), std::move(findings), findings_exclude_each_other);
}

}  // namespace thorax
