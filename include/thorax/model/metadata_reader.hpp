// SPDX-License-Identifier: MIT
//
// metadata_reader: takes the texts of a file's metadata one by one, as what they should be.

#pragma once

#include <thorax/base/error.hpp>                // error
#include <thorax/model/json_reader.hpp>         // json_reader
#include <thorax/model/json_writer.hpp>         // shown
#include <thorax/model/safetensors.hpp>         // safetensors_file
#include <thorax/model/safetensors_writer.hpp>  // metadata_texts

#include <cstdint>  // uint64_t
#include <string>
#include <string_view>
#include <type_traits>  // is_same_v
#include <utility>      // move
#include <vector>

namespace thorax {

/// The metadata of one file. Each text can be taken once; rest() is what nobody asked for.
///
/// throws:  each taking function error{format_refused} naming file and key if the text is missing or wrong
class metadata_reader {
public:
  explicit metadata_reader(const safetensors_file& file) : name_{file.name()}
  {
    for (const auto& [key, value] : file.metadata()) texts_.emplace(key, value.text);
  }

  [[nodiscard]] bool has(std::string_view key) const { return texts_.contains(key); }

  std::string text(std::string_view key)
  {
    const auto place = texts_.find(key);
    if (place == texts_.end()) refuse(key, "missing");
    std::string value = std::move(place->second);
    texts_.erase(place);
    return value;
  }

  /// returns:  what `read(json_reader&)` makes of the text, which must be that JSON value and nothing more
  template<class Read>
  auto value(std::string_view key, Read&& read)
  {
    const std::string json_text = text(key);
    json_reader json{json_text, name_ + ": metadata " + shown(key)};
    auto result = read(json);
    json.expect_end();
    return result;
  }

  /// returns:  one std::uint64_t, float or double
  template<class Number>
  Number number(std::string_view key)
  {
    return value(key, number_in<Number>);
  }

  template<class Number>
  std::vector<Number> numbers(std::string_view key)
  {
    return value(key, [](json_reader& json) {
      std::vector<Number> items;
      json.array([&] { items.push_back(number_in<Number>(json)); });
      return items;
    });
  }

  std::vector<std::string> strings(std::string_view key)
  {
    return value(key, [](json_reader& json) {
      std::vector<std::string> items;
      json.array([&] { items.push_back(json.string()); });
      return items;
    });
  }

  [[noreturn]] void refuse(std::string_view key, const std::string& what) const
  {
    throw error{error_code::format_refused, name_ + ": metadata " + shown(key) + ": " + what};
  }

  /// returns:  the texts that nobody took
  metadata_texts rest() && { return std::move(texts_); }

private:
  template<class Number>
  static Number number_in(json_reader& json)
  {
    if constexpr (std::is_same_v<Number, std::uint64_t>) return json.whole_number();
    else return json.number<Number>();
  }

  std::string name_;
  metadata_texts texts_;
};

}  // namespace thorax
