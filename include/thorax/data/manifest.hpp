// SPDX-License-Identifier: MIT
//
// manifest: a table beside the films that says whose they are and in which fold they stand.

#pragma once

#include <thorax/base/error.hpp>  // error
#include <thorax/data/csv.hpp>    // csv_table

#include <charconv>  // from_chars
#include <cstddef>   // size_t
#include <map>
#include <optional>
#include <string>
#include <utility>  // pair

namespace thorax {

/// What a manifest says about one film.
struct manifest_entry {
  std::string patient;
  int fold{-1};  ///< -1: the manifest has no fold for it
};

/// The columns `file`, `class`, `patient` and, if it is there, `patient_fold`; others are passed over.
class manifest {
public:
  /// throws:  error{format_refused} with the line: a missing column, an empty file, class or patient, a film that
  ///          stands twice, a fold that is no number from 0 to 9999
  explicit manifest(const csv_table& table) : name_{table.name}
  {
    const std::size_t file = table.at("file"), finding = table.at("class"), patient = table.at("patient");
    const std::optional<std::size_t> fold = table.find("patient_fold");
    for (const csv_row& row : table.rows) {
      for (const std::size_t column : {file, finding, patient})
        if (row.fields[column].empty()) refuse(row, "the field '" + table.columns[column] + "' is empty");
      manifest_entry entry{row.fields[patient], fold ? fold_of(row, row.fields[*fold]) : -1};
      if (!entries_.emplace(std::pair{row.fields[finding], row.fields[file]}, std::move(entry)).second)
        refuse(row, "the film '" + row.fields[file] + "' of class " + row.fields[finding] + " stands twice");
    }
  }

  /// throws:  error{does_not_fit}, because a film without a known patient could stand on both sides of a split
  [[nodiscard]] const manifest_entry& at(const std::string& finding, const std::string& file) const
  {
    const auto entry = entries_.find({finding, file});
    if (entry == entries_.end())
      throw error{error_code::does_not_fit, "'" + name_ + "': expected a line for the film '" + file +
                                              "' of class " + finding +
                                              ", found none; add it with its patient, or move the film elsewhere"};
    return entry->second;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
  [[noreturn]] void refuse(const csv_row& row, const std::string& what) const
  {
    throw error{error_code::format_refused, "'" + name_ + "', line " + std::to_string(row.line) + ": " + what};
  }

  [[nodiscard]] int fold_of(const csv_row& row, const std::string& text) const
  {
    if (text.empty()) return -1;
    int fold = -1;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), fold);
    if (failure != std::errc{} || end != text.data() + text.size() || fold < 0 || fold > 9999)
      refuse(row, "expected a patient_fold from 0 to 9999, found '" + text + "'");
    return fold;
  }

  std::string name_;
  std::map<std::pair<std::string, std::string>, manifest_entry> entries_;  // (class, file)
};

}  // namespace thorax
