// SPDX-License-Identifier: MIT
//
// help: what --help prints, within 80 columns, ended by the exit statuses and the notice.

#pragma once

#include "words.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>  // min
#include <cstddef>    // size_t
#include <string>
#include <string_view>

namespace thorax::program {

/// Wraps descriptions, and footers paragraph by paragraph; lines of a footer that begin with a blank stay as they
/// are, and those that begin with "example:" are broken as a shell wants it.
class help : public CLI::Formatter {
public:
  help() { column_width(24); }

  std::string make_option_opts(const CLI::Option* option) const override
  {
    if (option->get_type_size() == 0) return "";
    const std::string type = option->get_type_name();
    std::string text = " " + type.substr(0, type.find(':'));
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += "...";
    return text;
  }

  /// The description, what an option may be, and what it is unless it is given.
  std::string make_option_desc(const CLI::Option* option) const override
  {
    std::string text = option->get_description();
    const std::string type = option->get_type_name();
    if (const std::size_t choices = type.find(":{"); choices != std::string::npos) {
      text += ": ";
      for (const char letter : type.substr(choices + 2, type.rfind('}') - choices - 2))
        text += letter == ',' ? std::string{", "} : std::string{letter};
    }
    if (option->get_required()) text += " (required)";
    else if (!option->get_default_str().empty()) text += " (default: " + option->get_default_str() + ")";
    text = wrapped(text, 0, columns - get_column_width());
    text.pop_back();
    return text;
  }

  std::string make_footer(const CLI::App* command) const override
  {
    return with_wrapped_paragraphs(command->get_footer()) +
           "\nExit status: 0 done; 1 failed, or a file could not be read; 2 wrong usage.\n\n" + wrapped(notice);
  }

private:
  static constexpr std::string_view example = "example: ";

  static std::string broken_example(std::string_view line)
  {
    std::string lines{example};
    std::string command = wrapped(line.substr(example.size()), 0, columns - example.size() - 2);
    command.pop_back();
    for (const char letter : command)
      lines += letter == '\n' ? " \\\n" + std::string(example.size(), ' ') : std::string{letter};
    return lines + '\n';
  }

  static std::string with_wrapped_paragraphs(std::string_view text)
  {
    std::string lines;
    std::string paragraph;
    const auto finish = [&] {
      if (!paragraph.empty()) lines += wrapped(paragraph);
      paragraph.clear();
    };
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string_view line = text.substr(begin, end - begin);
      begin = end + 1;
      const bool is_example = line.starts_with(example);
      const bool is_kept = line.empty() || line.starts_with(' ');
      if (!is_example && !is_kept) {
        paragraph += (paragraph.empty() ? "" : " ") + std::string{line};
        continue;
      }
      finish();
      lines += is_example ? broken_example(line) : std::string{line} + '\n';
    }
    finish();
    return lines;
  }
};

}  // namespace thorax::program
