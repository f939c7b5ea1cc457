// SPDX-License-Identifier: MIT
//
// splits_csv: a table that says of every film whose it is, in which fold it stands and what its file holds, so that a
// split can be kept, handed on and found again, and no other film passes for one of its films.

#pragma once

#include <thorax/base/error.hpp>    // error
#include <thorax/data/csv.hpp>      // csv_table, csv_line
#include <thorax/data/dataset.hpp>  // dataset, film

#include <array>
#include <charconv>  // from_chars
#include <cstddef>   // size_t
#include <map>
#include <string>
#include <system_error>  // errc

namespace thorax {

/// Columns: path (class folder and file name), class, patient, fold, content: 32 hexadecimal digits, a content_key of
/// the film's file, by which copies and changed files are found; it is no protection against somebody who forges one.
///
/// returns:  the whole file, lines ended by a line feed
/// throws:   error{does_not_fit} for a film without a fold, or whose content is not known
inline std::string splits_csv(const dataset& films)
{
  std::string text = csv_line(std::array<std::string, 5>{"path", "class", "patient", "fold", "content"});
  for (const film& each : films.films) {
    const std::string& finding = films.findings[static_cast<std::size_t>(each.finding)];
    const std::string path = finding + "/" + each.path.filename().string();
    if (each.fold < 0 || !each.content)
      throw error{error_code::does_not_fit, "film '" + each.path.string() + "' has no fold, or could not be read, and a "
                                              "split names both fold and content of each; mend or remove it"};
    text += csv_line(std::array<std::string, 5>{path, finding, each.patient, std::to_string(each.fold),
                                                each.content->text()});
  }
  return text;
}

namespace detail {

/// The rows of a split by the path of their film.
class split_table {
public:
  explicit split_table(const csv_table& table)
    : table_{&table}, path_{table.at("path")}, class_{table.at("class")}, patient_{table.at("patient")},
      fold_{table.at("fold")}, content_{table.at("content")}
  {
    for (const csv_row& row : table.rows) {
      if (row.fields[patient_].empty()) refuse(row, "the field 'patient' is empty");
      if (!rows_.emplace(row.fields[path_], &row).second) refuse(row, "the film '" + row.fields[path_] + "' stands twice");
    }
  }

  /// Gives a film what its row says, if it is still the film that was split.
  void tell(film& each, const std::string& finding) const
  {
    const std::string path = finding + "/" + each.path.filename().string();
    const auto found = rows_.find(path);
    if (found == rows_.end())
      throw error{error_code::does_not_fit, "'" + table_->name + "': expected a line for the film '" + path +
                                              "', found none; make the split anew (thorax split), or move the film "
                                              "elsewhere"};
    const csv_row& row = *found->second;
    if (row.fields[class_] != finding)
      refuse(row, "the film '" + path + "' is said to be of class " + row.fields[class_] + ", expected " + finding);
    if (each.content && each.content->text() != row.fields[content_])
      throw error{error_code::does_not_fit, "'" + table_->name + "', line " + std::to_string(row.line) + ": the film '" +
                                              path + "' is not the one that was split: expected the content " +
                                              row.fields[content_] + ", found " + each.content->text() +
                                              "; put the film back, or make the split anew (thorax split)"};
    each.patient = row.fields[patient_];
    each.fold = fold_of(row);
  }

private:
  [[noreturn]] void refuse(const csv_row& row, const std::string& what) const
  {
    throw error{error_code::format_refused, "'" + table_->name + "', line " + std::to_string(row.line) + ": " + what};
  }

  [[nodiscard]] int fold_of(const csv_row& row) const
  {
    const std::string& text = row.fields[fold_];
    int fold = -1;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), fold);
    if (failure != std::errc{} || end != text.data() + text.size() || fold < 0 || fold > 9999)
      refuse(row, "expected a fold from 0 to 9999, found '" + text + "'");
    return fold;
  }

  const csv_table* table_;
  std::size_t path_, class_, patient_, fold_, content_;
  std::map<std::string, const csv_row*> rows_;
};

}  // namespace detail

/// Gives every film the patient and the fold that the table says, whatever else said them before. A remark counts lines
/// whose films are not here. Films whose files could not be read are taken at the table's word.
///
/// throws:  error{format_refused} with the line for a missing column, a film that stands twice, a fold that is no number
///          from 0 to 9999; error{does_not_fit} naming a film that has no line or another content
inline void take_splits(dataset& films, const csv_table& table)
{
  const detail::split_table rows{table};
  for (film& each : films.films) rows.tell(each, films.findings[static_cast<std::size_t>(each.finding)]);
  if (table.rows.size() > films.films.size())
    films.remarks.push_back("the split lists " + std::to_string(table.rows.size()) + " films, " +
                            std::to_string(films.films.size()) + " of them are here");
}

}  // namespace thorax
