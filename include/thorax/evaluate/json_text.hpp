// SPDX-License-Identifier: MIT
//
// json_text: a JSON document written value by value. Numbers come back as the same numbers, and whatever
// bytes a name holds, the document is valid UTF-8.

#pragma once

#include <thorax/model/json_writer.hpp>  // json_of
#include <thorax/model/utf8.hpp>         // utf8_length

#include <cmath>    // isfinite
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <optional>
#include <string>
#include <string_view>

namespace thorax {

/// returns:  `text` in quotes and escaped; a byte that is no UTF-8 becomes U+FFFD, because a finding may be
///           named after a folder and a folder after anything
inline std::string json_string(std::string_view text)
{
  std::string valid;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = utf8_length(text, position);
    if (length == 0) valid += "\xEF\xBF\xBD";
    else valid += text.substr(position, length);
    position += length == 0 ? 1 : length;
  }
  return json_of(valid);
}

/// returns:  the shortest text that reads back as the same double; `null` if it is not finite, because JSON
///           has no word for that
inline std::string json_number(double number)
{
  return std::isfinite(number) ? json_of(number) : "null";
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
