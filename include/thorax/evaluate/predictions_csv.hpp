// SPDX-License-Identifier: MIT
//
// predictions_csv: predictions.csv, one row a film, so that every measure can be taken again elsewhere.

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/data/csv.hpp>              // csv_line
#include <thorax/data/dataset.hpp>          // lower_case
#include <thorax/evaluate/predictions.hpp>  // predictions
#include <thorax/model/json_writer.hpp>     // json_of

#include <algorithm>  // find
#include <array>
#include <charconv>  // to_chars
#include <cstddef>   // size_t
#include <string>
#include <vector>

namespace thorax {

namespace detail {

inline std::vector<std::string> prediction_columns(const std::vector<std::string>& findings)
{
  std::vector<std::string> columns{"path", "patient", "fold", "true", "pred"};
  for (const char* prefix : {"p_", "logit_"})
    for (const std::string& finding : findings) {
      const std::string column = prefix + lower_case(finding);
      if (std::find(columns.begin(), columns.end(), column) != columns.end())
        throw error{error_code::does_not_fit, "predictions.csv: finding '" + finding +
                                                "' would be a second column '" + column +
                                                "'; findings must differ by more than case"};
      columns.push_back(column);
    }
  columns.insert(columns.end(), {"temperature", "rejected", "reason"});
  return columns;
}

/// Each number as its shortest text that reads back as the same float; blanks if there are none.
inline void append_numbers(std::vector<std::string>& fields, const std::vector<float>& numbers,
                           std::size_t columns)
{
  for (std::size_t column = 0; column < columns; ++column) {
    std::array<char, 32> digits{};
    char* end = digits.data();
    if (!numbers.empty()) end = std::to_chars(digits.begin(), digits.end(), numbers[column]).ptr;
    fields.emplace_back(digits.data(), end);
  }
}

}  // namespace detail

/// Columns: path, patient, fold, true, pred, then p_<finding> for every finding in lower case, then
/// logit_<finding>, then temperature, rejected (true or false) and reason. What is unknown or was never computed is
/// blank.
///
/// returns:  the whole file, lines ended by a line feed
/// throws:   as ensure_sound; error{does_not_fit} if two findings differ in case only
inline std::string predictions_csv(const predictions& films)
{
  ensure_sound(films);
  const auto name = [&](int finding) {
    return finding < 0 ? std::string{} : films.findings[static_cast<std::size_t>(finding)];
  };
  const std::string temperature = json_of(films.temperature);
  std::string text = csv_line(detail::prediction_columns(films.findings));
  for (const prediction& film : films.rows) {
    const std::string fold = film.fold < 0 ? "" : std::to_string(film.fold);
    std::vector<std::string> fields{film.path, film.patient, fold, name(film.true_finding),
                                    name(film.predicted)};
    detail::append_numbers(fields, film.probabilities, films.findings.size());
    detail::append_numbers(fields, film.logits, films.findings.size());
    fields.push_back(film.probabilities.empty() ? std::string{} : temperature);
    fields.emplace_back(film.rejected ? "true" : "false");
    fields.push_back(film.reason);
    text += csv_line(fields);
  }
  return text;
}

}  // namespace thorax
