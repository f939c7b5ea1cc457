// SPDX-License-Identifier: MIT
//
// csv: tables as text (RFC 4180), read strictly: what is not a table is refused with its line number.

#pragma once

#include <thorax/base/error.hpp>  // error
#include <thorax/base/file.hpp>   // read_file

#include <algorithm>  // find, min
#include <cstddef>    // size_t
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax {

/// One row of a table and the line of the file on which it starts.
struct csv_row {
  std::size_t line{};
  std::vector<std::string> fields;
};

/// A table whose first line names the columns. Every row has one field a column.
struct csv_table {
  std::string name;  ///< the file, for sentences
  std::vector<std::string> columns;
  std::vector<csv_row> rows;

  /// returns:  the place of `column`, or nothing
  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const
  {
    const auto place = std::find(columns.begin(), columns.end(), column);
    if (place == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(place - columns.begin());
  }

  /// throws:  error{format_refused} naming the columns that are there
  [[nodiscard]] std::size_t at(std::string_view column) const
  {
    if (const auto place = find(column)) return *place;
    std::string found;
    for (const std::string& each : columns) found += (found.empty() ? "" : ",") + each;
    throw error{error_code::format_refused, "'" + name + "', line 1: expected a column '" +
                                              std::string{column} + "', found the columns " + found};
  }
};

namespace detail {

/// Walks over the text of a table once, field by field.
class csv_reader {
public:
  csv_reader(std::string_view text, std::string name) : text_{text}, name_{std::move(name)}
  {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // the mark some editors put before UTF-8
  }

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

  /// Passes over lines without a single character.
  void skip_empty_lines()
  {
    while (end_of_line()) continue;
  }

  [[nodiscard]] csv_row row()
  {
    csv_row next{line_, {}};
    do next.fields.push_back(text_.substr(at_).starts_with('"') ? quoted() : plain());
    while (take(','));
    if (!at_end() && !end_of_line()) refuse("a carriage return stands without a line feed");
    return next;
  }

  [[noreturn]] void refuse(const std::string& what) const { refuse(line_, what); }

  [[noreturn]] void refuse(std::size_t line, const std::string& what) const
  {
    throw error{error_code::format_refused, "'" + name_ + "', line " + std::to_string(line) + ": " + what};
  }

private:
  bool take(char wanted)
  {
    if (at_end() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool end_of_line()
  {
    const std::size_t marks = text_.substr(at_).starts_with("\r\n") ? 2 : text_.substr(at_).starts_with('\n') ? 1 : 0;
    at_ += marks;
    line_ += marks == 0 ? 0 : 1;
    return marks > 0;
  }

  std::string plain()
  {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string field{text_.substr(at_, end - at_)};
    if (field.find('"') != std::string::npos)
      refuse("a quote stands inside the field " + field + "; put the whole field in quotes and double the inner ones");
    if (field.find('\0') != std::string::npos) refuse("a zero byte stands in a field; is this a text file?");
    at_ = end;
    return field;
  }

  std::string quoted()
  {
    const std::size_t opened = line_;
    std::string field;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '"' && !text_.substr(at_).starts_with("\"\"")) {
        ++at_;
        if (!at_end() && std::string_view{",\r\n"}.find(text_[at_]) == std::string_view::npos)
          refuse("text follows a closing quote; expected a comma or the end of the line");
        return field;
      }
      if (text_[at_] == '"') ++at_;
      if (text_[at_] == '\n') ++line_;
      field += text_[at_];
    }
    refuse(opened, "a quote is opened and never closed");
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_{};
  std::size_t line_{1};
};

}  // namespace detail

/// Lines that are empty are passed over; lines end with LF or CRLF; `name` stands in the sentences.
///
/// throws:  error{format_refused} with the line: no header, an empty or doubled column name, a row of another
///          length than the header, a stray or open quote
inline csv_table parse_csv(std::string_view text, const std::string& name)
{
  detail::csv_reader reader{text, name};
  csv_table table{name, {}, {}};
  for (reader.skip_empty_lines(); !reader.at_end(); reader.skip_empty_lines()) {
    csv_row row = reader.row();
    if (table.columns.empty()) {
      for (const std::string& column : row.fields) {
        if (column.empty()) reader.refuse(row.line, "a column has no name");
        if (table.find(column)) reader.refuse(row.line, "the column '" + column + "' stands twice");
        table.columns.push_back(column);
      }
    }
    else {
      if (row.fields.size() != table.columns.size())
        reader.refuse(row.line, "expected " + std::to_string(table.columns.size()) + " fields as in line 1, found " +
                                  std::to_string(row.fields.size()));
      table.rows.push_back(std::move(row));
    }
  }
  if (table.columns.empty()) reader.refuse(1, "expected the names of the columns, found nothing");
  return table;
}

/// throws:  as parse_csv; error{file_unreadable}; error{limit_exceeded} above 256 MiB
inline csv_table read_csv(const std::filesystem::path& path)
{
  return parse_csv(read_file(path, std::size_t{1} << 28), path.string());
}

/// returns:  the fields as one line with its line feed, quoted where RFC 4180 asks for it
inline std::string csv_line(std::span<const std::string> fields)
{
  std::string line;
  for (const std::string& field : fields) {
    if (&field != fields.data()) line += ',';
    const bool plain = field.find_first_of(",\"\r\n") == std::string::npos && !(fields.size() == 1 && field.empty());
    if (plain) {
      line += field;
      continue;
    }
    line += '"';
    for (const char letter : field) line += letter == '"' ? std::string{"\"\""} : std::string{letter};
    line += '"';
  }
  return line + '\n';
}

}  // namespace thorax
