// SPDX-License-Identifier: MIT
//
// utf8: is this text well-formed, and one more character for it.

#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // uint32_t
#include <string>
#include <string_view>

namespace thorax {

/// returns:  the bytes of the well-formed character at `position`, 1 to 4; 0 if there is none
/// see:      The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF
constexpr std::size_t utf8_length(std::string_view text, std::size_t position)
{
  const auto byte = [&](std::size_t i) -> unsigned {
    return position + i < text.size() ? static_cast<unsigned char>(text[position + i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return position < text.size() ? 1 : 0;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const unsigned lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  return length;
}

/// returns:  where the first byte stands that begins no well-formed character; npos if all is well
constexpr std::size_t first_invalid_utf8(std::string_view text)
{
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = utf8_length(text, position);
    if (length == 0) return position;
    position += length;
  }
  return std::string_view::npos;
}

/// Appends one character; `code_point` is at most U+10FFFF and no surrogate.
constexpr void append_utf8(std::string& text, std::uint32_t code_point)
{
  const auto append = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  const auto continuation = [&](int shift) { append(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) return append(code_point);
  if (code_point < 0x800) {
    append(0xc0U | (code_point >> 6));
    return continuation(0);
  }
  if (code_point < 0x10000) append(0xe0U | (code_point >> 12));
  else {
    append(0xf0U | (code_point >> 18));
    continuation(12);
  }
  continuation(6);
  continuation(0);
}

}  // namespace thorax
