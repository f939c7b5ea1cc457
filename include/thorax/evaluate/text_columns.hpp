// SPDX-License-Identifier: MIT
//
// text_columns: words and numbers as columns of a text table, the same in every locale.

#pragma once

#include <thorax/base/fixed_digits.hpp>  // fixed_digits

#include <algorithm>  // count_if, min
#include <cstddef>    // size_t
#include <string>
#include <string_view>

namespace thorax {

/// returns:  how many characters UTF-8 text has: its bytes that do not continue a character
inline std::size_t characters(std::string_view text)
{
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

/// returns:  `text` with blanks before it, `width` characters or more
inline std::string right_aligned(std::string_view text, std::size_t width)
{
  return std::string(width - std::min(width, characters(text)), ' ').append(text);
}

}  // namespace thorax
