// SPDX-License-Identifier: MIT
//
// notice: the words burned into every exported picture, in letters of five by seven pixels.

#pragma once

#include <thorax/image/image.hpp>  // image

#include <algorithm>  // clamp, copy, max
#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t
#include <string_view>

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

}  // namespace detail

/// returns:  the picture with a dark strip below it that carries the notice; broken into lines where the
///           picture is narrow, in larger letters where it is wide
inline image with_notice(const image& picture)
{
  constexpr int advance = 6;
  constexpr int line = 10;
  const int letters = static_cast<int>(notice_words.size());
  const int size = std::max(1, picture.width / (letters * advance + 8));
  const int per_line = std::clamp((picture.width / size - 4) / advance, 1, letters);
  const int lines = (letters + per_line - 1) / per_line;
  image out{picture.height + lines * line * size, picture.width, picture.channels};
  std::copy(picture.samples.begin(), picture.samples.end(), out.samples.begin());
  for (int y = 0; y < lines * line * size; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const int row = y / size;
      const int column = x / size - 4;
      const int letter = row / line * per_line + column / advance;
      const bool inside = column >= 0 && column / advance < per_line && letter < letters && row % line >= 1 &&
                          row % line <= 7 && column % advance < 5;
      if (!inside) continue;
      if (!detail::has_ink(notice_words[static_cast<std::size_t>(letter)], row % line - 1, column % advance)) continue;
      for (int c = 0; c < picture.channels; ++c) out.at(picture.height + y, x, c) = 235;
    }
  return out;
}

}  // namespace thorax
