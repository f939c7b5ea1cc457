// SPDX-License-Identifier: MIT
//
// json_text: a JSON document written value by value. Numbers come back as the same numbers, and whatever
// bytes a name holds, the document is valid UTF-8.

#pragma once

#include <array>
#include <charconv>  // to_chars
#include <cmath>     // isfinite
#include <cstddef>   // size_t
#include <cstdint>   // int64_t
#include <optional>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

/// returns:  the length of the UTF-8 character at the start of `text`, 0 if there is none (RFC 3629: no
///           overlong form, no surrogate, nothing above U+10FFFF)
inline std::size_t utf8_length(std::string_view text)
{
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (text.empty() || first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool sound = (first != 0xE0 || byte(1) >= 0xA0) && (first != 0xED || byte(1) < 0xA0);
    return sound && continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool sound = (first != 0xF0 || byte(1) >= 0x90) && (first != 0xF4 || byte(1) < 0x90);
    return sound && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace detail

/// returns:  `text` in quotes, escaped as RFC 8259 asks; a byte that is no UTF-8 becomes U+FFFD
inline std::string json_string(std::string_view text)
{
  constexpr std::string_view digits = "0123456789abcdef";
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t length = detail::utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0) quoted += "\xEF\xBF\xBD";
    else if (first == '"' || first == '\\') quoted += {'\\', text.front()};
    else if (first == '\n') quoted += "\\n";
    else if (first < 0x20) quoted += {'\\', 'u', '0', '0', digits[first >> 4U], digits[first & 15U]};
    else quoted += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}

/// returns:  the shortest text that reads back as the same double; `null` if it is not finite, because JSON
///           has no word for that
inline std::string json_number(double number)
{
  if (!std::isfinite(number)) return "null";
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.begin(), text.end(), number).ptr;
  return {text.begin(), end};
}

/// Writes one document, indented by two blanks a level. The caller's order of calls is the document's.
class json_text {
public:
  json_text& begin_object() { return open('{'); }
  json_text& end_object() { return close('}'); }
  json_text& begin_array() { return open('['); }
  json_text& end_array() { return close(']'); }

  json_text& name(std::string_view text)
  {
    separate();
    text_ += json_string(text) + ": ";
    named_ = true;
    return *this;
  }

  json_text& value(std::string_view text) { return put(json_string(text)); }
  json_text& value(const char* text) { return value(std::string_view{text}); }
  json_text& value(double number) { return put(json_number(number)); }
  json_text& value(std::int64_t number) { return put(std::to_string(number)); }
  json_text& value(bool holds) { return put(holds ? "true" : "false"); }

  /// Nothing is written as `null`.
  json_text& value(std::optional<double> number)
  {
    return put(number ? json_number(*number) : "null");
  }

  /// returns:  the document; complete once every object and array is closed
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  void separate()
  {
    if (named_) {
      named_ = false;
      return;
    }
    if (depth_ == 0) return;
    if (!first_) text_ += ',';
    text_ += '\n' + std::string(2 * depth_, ' ');
    first_ = false;
  }

  json_text& put(const std::string& written)
  {
    separate();
    text_ += written;
    if (depth_ == 0) text_ += '\n';
    return *this;
  }

  json_text& open(char bracket)
  {
    separate();
    text_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
  }

  json_text& close(char bracket)
  {
    --depth_;
    if (!first_) text_ += '\n' + std::string(2 * depth_, ' ');
    text_ += bracket;
    first_ = false;
    if (depth_ == 0) text_ += '\n';
    return *this;
  }

  std::string text_;
  std::size_t depth_{};
  bool first_{true};   // nothing stands in the innermost object or array yet
  bool named_{false};  // a name was written and waits for its value
};

}  // namespace thorax
