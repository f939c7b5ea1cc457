// SPDX-License-Identifier: MIT
//
// json_reader: the pieces of strict JSON, one after the other. The caller knows the structure, so nothing
// recurses and no tree is built.

#pragma once

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown
#include <thorax/model/utf8.hpp>         // append_utf8

#include <algorithm>  // min
#include <charconv>   // from_chars
#include <cstddef>    // size_t
#include <cstdint>    // uint32_t, uint64_t
#include <string>
#include <string_view>
#include <system_error>  // errc
#include <utility>       // move

namespace thorax {

/// A cursor over JSON text (RFC 8259) that is known to be well-formed UTF-8.
///
/// throws:  each function error{format_refused} that names the byte where something else stands
class json_reader {
public:
  /// `where` begins every sentence; `text` must outlive the reader.
  json_reader(std::string_view text, std::string where) : text_{text}, where_{std::move(where)} {}

  /// How many bytes have been read.
  [[nodiscard]] std::size_t position() const { return position_; }

  /// What has not been read.
  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

  [[noreturn]] void refuse(const std::string& what) const
  {
    throw error{error_code::format_refused, where_ + ": byte " + std::to_string(position_) + ": " + what};
  }

  void skip_spaces() { position_ = std::min(text_.find_first_not_of(" \t\n\r", position_), text_.size()); }

  /// returns:  whether `mark` came next after spaces; it is then read
  bool accept(char mark)
  {
    skip_spaces();
    if (position_ == text_.size() || text_[position_] != mark) return false;
    ++position_;
    return true;
  }

  void expect(char mark)
  {
    if (!accept(mark)) refuse(std::string{"expected '"} + mark + "', found " + found());
  }

  /// Only spaces may follow.
  void expect_end()
  {
    if (const std::size_t next = rest().find_first_not_of(' '); next != std::string_view::npos) {
      position_ += next;
      refuse("expected the end, found " + found());
    }
  }

  /// Reads an object; `member(key)` has to read the value that follows its key.
  template<class Member>
  void object(Member&& member)
  {
    expect('{');
    if (accept('}')) return;
    do {
      std::string key = string();
      expect(':');
      member(std::move(key));
    } while (accept(','));
    expect('}');
  }

  /// Reads an array; `item()` has to read one value.
  template<class Item>
  void array(Item&& item)
  {
    expect('[');
    if (accept(']')) return;
    do item();
    while (accept(','));
    expect(']');
  }

  /// returns:  a string without its quotes and escapes
  std::string string()
  {
    expect('"');
    std::string value;
    while (true) {
      const char next = take();
      if (next == '"') return value;
      if (static_cast<unsigned char>(next) < 0x20) refuse_last("a control character in a string must be escaped");
      if (next == '\\') append_escaped(value);
      else value += next;
    }
  }

  /// returns:  an integer of at least 0 that fits 64 bits, written without sign, fraction and exponent
  std::uint64_t whole_number()
  {
    const std::string_view digits = number_text();
    std::uint64_t value{};
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault == std::errc::result_out_of_range) refuse("a whole number above 2^64 - 1");
    if (fault != std::errc{} || end != digits.data() + digits.size())
      refuse("expected a whole number, found " + shown(digits));
    return value;
  }

  /// returns:  the nearest Number (float or double) to the decimal number
  template<class Number>
  Number number()
  {
    const std::string_view decimal = number_text();
    Number value{};
    const auto [end, fault] = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
    if (fault != std::errc{}) refuse("the number " + shown(decimal) + " is too large or too small");
    return value;
  }

private:
  [[nodiscard]] std::string found() const
  {
    return position_ < text_.size() ? shown(text_.substr(position_, 1)) : "the end";
  }

  [[noreturn]] void refuse_last(const std::string& what)
  {
    --position_;
    refuse(what);
  }

  char take()
  {
    if (position_ == text_.size()) refuse("the text ends inside a string");
    return text_[position_++];
  }

  void append_escaped(std::string& value)
  {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = take();
    if (letter == 'u') return append_utf8(value, code_point());
    const std::size_t which = letters.find(letter);
    if (which == std::string_view::npos) refuse_last("there is no escape \\" + shown({&letter, 1}));
    value += meanings[which];
  }

  std::uint32_t code_point()
  {
    const std::uint32_t first = four_hex_digits();
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || take() != '\\' || take() != 'u') refuse("an escaped surrogate without its partner");
    const std::uint32_t second = four_hex_digits();
    if (second < 0xdc00 || second > 0xdfff) refuse("an escaped surrogate without its partner");
    return 0x10000U + ((first - 0xd800U) << 10) + (second - 0xdc00U);
  }

  std::uint32_t four_hex_digits()
  {
    const std::string_view digits = rest().substr(0, 4);
    std::uint32_t value{};
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || fault != std::errc{} || end != digits.data() + 4)
      refuse("expected four hexadecimal digits after \\u, found " + shown(digits));
    position_ += 4;
    return value;
  }

  std::size_t digits()
  {
    const std::size_t begin = position_;
    while (position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9') ++position_;
    if (position_ == begin) refuse("expected a digit, found " + found());
    return position_ - begin;
  }

  bool skip(std::string_view any_of)
  {
    if (position_ == text_.size() || any_of.find(text_[position_]) == std::string_view::npos) return false;
    ++position_;
    return true;
  }

  /// Reads what the grammar calls a number: no plus, no leading zero, digits on both sides of the point.
  std::string_view number_text()
  {
    skip_spaces();
    const std::size_t begin = position_;
    skip("-");
    const bool leading_zero = rest().starts_with('0');
    if (digits() > 1 && leading_zero) refuse("a number with a leading zero");
    if (skip(".")) digits();
    if (skip("eE")) {
      skip("+-");
      digits();
    }
    return text_.substr(begin, position_ - begin);
  }

  std::string_view text_;
  std::string where_;
  std::size_t position_{};
};

}  // namespace thorax
