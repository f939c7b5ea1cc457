// SPDX-License-Identifier: MIT
//
// json_writer: strings, numbers and lists as JSON text that reads back as the same values.

#pragma once

#include <thorax/base/error.hpp>  // error
#include <thorax/model/utf8.hpp>  // first_invalid_utf8

#include <array>
#include <charconv>  // to_chars
#include <cmath>     // isfinite
#include <cstddef>   // size_t
#include <string>
#include <string_view>
#include <type_traits>  // is_arithmetic_v

namespace thorax {

namespace detail {

inline void append_json_character(std::string& json, char character)
{
  static constexpr std::string_view hex = "0123456789abcdef";
  static constexpr std::string_view special = "\"\\\b\f\n\r\t";
  static constexpr std::string_view letters = "\"\\bfnrt";
  const unsigned code = static_cast<unsigned char>(character);
  if (const std::size_t which = special.find(character); which != std::string_view::npos) {
    json += '\\';
    json += letters[which];
  }
  else if (code < 0x20 || code == 0x7f) {
    json += "\\u00";
    json += hex[code >> 4];
    json += hex[code & 0xfU];
  }
  else {
    json += character;
  }
}

}  // namespace detail

/// returns:  the text in quotes, with the escapes that JSON demands
/// throws:   error{wrong_usage} if the text is not well-formed UTF-8
inline std::string json_of(std::string_view text)
{
  if (const std::size_t place = first_invalid_utf8(text); place != std::string_view::npos)
    throw error{error_code::wrong_usage, "a text to be written as JSON is not UTF-8 at its byte " +
                                           std::to_string(place) + "; convert it first"};
  std::string json = "\"";
  for (const char character : text) detail::append_json_character(json, character);
  return json += '"';
}

/// returns:  the shortest decimal number that reads back as exactly this one
/// throws:   error{number_not_finite}; JSON has no word for infinity
template<class Number>
  requires std::is_arithmetic_v<Number>
std::string json_of(Number number)
{
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number))
      throw error{error_code::number_not_finite, "a number to be written as JSON is infinite or not a number"};
  }
  std::array<char, 32> digits{};
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), end};
}

/// returns:  `[a,b,…]` of texts or numbers
template<class Items>
std::string json_array(const Items& items)
{
  std::string json = "[";
  for (const auto& item : items) {
    if (json.size() > 1) json += ',';
    json += json_of(item);
  }
  return json += ']';
}

/// returns:  a text from a file as an error's sentence may show it: in quotes, one line, of bounded length,
///           and without bytes that would steer a terminal
inline std::string shown(std::string_view text)
{
  constexpr std::size_t most_bytes = 120;
  std::string sentence = "'";
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = utf8_length(text, position);
    if (position + length > most_bytes) return sentence += "…'";
    if (length == 0) sentence += '?';
    else if (length == 1) detail::append_json_character(sentence, text[position]);
    else sentence += text.substr(position, length);
    position += length == 0 ? 1 : length;
  }
  return sentence += '\'';
}

}  // namespace thorax
