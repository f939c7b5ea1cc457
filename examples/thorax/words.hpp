// SPDX-License-Identifier: MIT
//
// words: what the program says besides numbers: what it is not, and text that fits a terminal.

#pragma once

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <string>
#include <string_view>
#include <vector>

namespace thorax::program {

inline constexpr std::size_t columns = 80;

/// Stands under every help and over every report.
inline constexpr std::string_view notice =
  "Research and teaching software. Not a medical device. Do not use it to diagnose, triage, treat, or to decide "
  "about antibiotics. Scores are model outputs, not the chance that a child is ill. Heat maps show where the "
  "network reacted; they do not show disease and can mislead.";

/// What the option --flips does, wherever it stands.
inline constexpr const char* flips_help =
  "the mean of the answers to a film and to its mirror image: twice the time, no logits";
inline constexpr std::string_view flips_in_words = "answers are means over each film and its mirror image (--flips)";

/// returns:  the text without letters that would steer a terminal or begin a new line; names come from files
inline std::string printable(std::string_view text)
{
  std::string seen;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7f) seen += '?';
    else seen += letter;
  }
  return seen;
}

/// returns:  the names with commas between them
inline std::string listed(const std::vector<std::string>& names)
{
  std::string text;
  for (const std::string& each : names) text += (text.empty() ? "" : ", ") + each;
  return text;
}

/// returns:  the text broken at blanks into lines of at most `width` columns, each behind `indent` blanks; a word
///           that is longer than a line stays whole, because it may be a path that somebody copies
inline std::string wrapped(std::string_view text, std::size_t indent = 0, std::size_t width = columns)
{
  const std::string margin(indent, ' ');
  std::string lines;
  std::string line = margin;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const bool is_first = line.size() == indent;
    if (!is_first && line.size() + 1 + word.size() > width) {
      lines += line + '\n';
      line = margin;
    }
    if (line.size() > indent) line += ' ';
    line += word;
    begin = end + 1;
  }
  return lines + line + '\n';
}

/// returns:  the number with its digits in groups of three: 18,321,984
inline std::string grouped(std::size_t number)
{
  std::string digits = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

/// returns:  the text with blanks behind it, `width` characters or more
inline std::string left_aligned(std::string text, std::size_t width)
{
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace thorax::program
