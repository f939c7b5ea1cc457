// SPDX-License-Identifier: MIT
//
// notice: the words burned into every exported picture, in letters of five by seven pixels.

#pragma once

#include <thorax/image/image.hpp>  // image

#include <algorithm>  // copy, max
#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t
#include <string_view>
#include <vector>

namespace thorax {

/// What no exported picture may be without.
inline constexpr std::string_view notice_words = "RESEARCH USE ONLY - NOT FOR DIAGNOSIS";

namespace detail {

/// A letter as seven rows of five bits, the leftmost pixel highest.
struct notice_letter {
  char letter;
  std::array<std::uint8_t, 7> rows;
};

inline constexpr std::array<notice_letter, 18> notice_letters{{
  {'A', {0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001}},
  {'C', {0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110}},
  {'D', {0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110}},
  {'E', {0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111}},
  {'F', {0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000}},
  {'G', {0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110}},
  {'H', {0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001}},
  {'I', {0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110}},
  {'L', {0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111}},
  {'N', {0b10001, 0b11001, 0b10101, 0b10101, 0b10011, 0b10001, 0b10001}},
  {'O', {0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110}},
  {'R', {0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001}},
  {'S', {0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110}},
  {'T', {0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100}},
  {'U', {0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110}},
  {'Y', {0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100}},
  {'-', {0b00000, 0b00000, 0b00000, 0b11111, 0b00000, 0b00000, 0b00000}},
  {' ', {}},
}};

constexpr bool has_ink(char letter, int y, int x)
{
  for (const notice_letter& each : notice_letters)
    if (each.letter == letter) return ((each.rows[static_cast<std::size_t>(y)] >> (4 - x)) & 1) != 0;
  return false;
}

/// The words in lines of at most `per_line` letters; only a word that is longer is broken.
inline std::vector<std::string_view> broken_into_lines(std::string_view words, std::size_t per_line)
{
  std::vector<std::string_view> lines;
  while (words.size() > per_line) {
    const std::size_t gap = words.rfind(' ', per_line);
    lines.push_back(words.substr(0, gap == words.npos ? per_line : gap));
    words.remove_prefix(gap == words.npos ? per_line : gap + 1);
  }
  lines.push_back(words);
  return lines;
}

}  // namespace detail

/// returns:  the picture with a dark strip below it that carries the notice; broken between words where the
///           picture is narrow, in larger letters where it is wide
inline image with_notice(const image& picture)
{
  constexpr int advance = 6;
  constexpr int line = 10;
  const int letters = static_cast<int>(notice_words.size());
  const int size = std::max(1, picture.width / (letters * advance + 8));
  const int per_line = std::max((picture.width / size - 4) / advance, 1);
  const std::vector<std::string_view> lines =
    detail::broken_into_lines(notice_words, static_cast<std::size_t>(per_line));
  const int strip = static_cast<int>(lines.size()) * line * size;
  image out{picture.height + strip, picture.width, picture.channels};
  std::copy(picture.samples.begin(), picture.samples.end(), out.samples.begin());
  for (int y = 0; y < strip; ++y)
    for (int x = 4 * size; x < picture.width; ++x) {
      const int row = y / size;
      const int column = x / size - 4;
      const std::string_view words = lines[static_cast<std::size_t>(row / line)];
      const auto letter = static_cast<std::size_t>(column / advance);
      const bool inside = letter < words.size() && row % line >= 1 && row % line <= 7 && column % advance < 5;
      if (!inside || !detail::has_ink(words[letter], row % line - 1, column % advance)) continue;
      for (int c = 0; c < picture.channels; ++c) out.at(picture.height + y, x, c) = 235;
    }
  return out;
}

}  // namespace thorax
