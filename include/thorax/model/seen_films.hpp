// SPDX-License-Identifier: MIT
//
// seen_films: what weights say about the films that they were trained on, chosen by and kept away from, so that whoever
// measures them later knows whether the number is worth anything.

#pragma once

#include <thorax/model/json_reader.hpp>  // json_reader
#include <thorax/model/json_writer.hpp>  // json_of, shown

#include <algorithm>  // find_if, max
#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// What a network has to do with films, from nothing to everything.
enum class film_use { test, validation, training };

inline constexpr std::array<std::string_view, 3> film_use_names{"test", "validation", "training"};

inline std::string_view name_of(film_use use) { return film_use_names[static_cast<std::size_t>(use)]; }

/// The films of one fold, which are known by what they hold and not by their number.
struct seen_fold {
  int fold{};
  std::size_t films{};
  std::string content;  ///< the text of a fold_roster's key
  film_use use{};

  friend bool operator==(const seen_fold&, const seen_fold&) = default;
};

/// All that is recorded about a network's films, those of the weights included that its training began with.
struct seen_films {
  std::vector<seen_fold> folds;
  bool complete{true};  ///< false: training began with weights that do not say what they saw
  bool leaky{};         ///< persons, or copies of films, stand on two sides of the split

  friend bool operator==(const seen_films&, const seen_films&) = default;
};

/// returns:  what a network saw that has to do with both: of a fold the use that is more, of each doubt both
inline seen_films joined(seen_films one, const seen_films& other)
{
  for (const seen_fold& fold : other.folds) {
    const auto known = std::find_if(one.folds.begin(), one.folds.end(),
                                    [&](const seen_fold& each) { return each.content == fold.content; });
    if (known == one.folds.end()) one.folds.push_back(fold);
    else known->use = std::max(known->use, fold.use);
  }
  one.complete = one.complete && other.complete;
  one.leaky = one.leaky || other.leaky;
  return one;
}

/// returns:  one line of JSON, as docs/reference/weights_format.md describes it
inline std::string json_of(const seen_films& seen)
{
  std::string json = std::string{R"({"split":)"} + json_of(std::string_view{seen.leaky ? "leaky" : "grouped"}) +
                     R"(,"start":)" + json_of(std::string_view{seen.complete ? "recorded" : "unrecorded"}) + R"(,"folds":[)";
  for (const seen_fold& each : seen.folds) {
    if (&each != seen.folds.data()) json += ',';
    json += R"({"fold":)" + json_of(each.fold) + R"(,"films":)" + json_of(each.films) + R"(,"content":)" +
            json_of(std::string_view{each.content}) + R"(,"use":)" + json_of(name_of(each.use)) + '}';
  }
  return json + "]}";
}

namespace detail {

/// returns:  the place of the word among those that may stand there
template<std::size_t Count>
std::size_t read_word(json_reader& json, const std::array<std::string_view, Count>& words)
{
  const std::string found = json.string();
  for (std::size_t i = 0; i < Count; ++i)
    if (words[i] == found) return i;
  std::string expected;
  for (const std::string_view each : words) expected += (expected.empty() ? "" : " or ") + std::string{each};
  json.refuse("expected " + expected + ", found " + shown(found));
}

inline seen_fold read_seen_fold(json_reader& json)
{
  seen_fold fold;
  json.object([&](const std::string& key) {
    if (key == "fold") {
      const std::uint64_t number = json.whole_number();
      if (number > 9999) json.refuse("expected a fold from 0 to 9999");
      fold.fold = static_cast<int>(number);
    }
    else if (key == "films") fold.films = json.whole_number();
    else if (key == "content") fold.content = json.string();
    else if (key == "use") fold.use = static_cast<film_use>(read_word(json, film_use_names));
    else json.refuse("expected fold, films, content or use, found " + shown(key));
  });
  if (fold.content.empty()) json.refuse("a fold without its content");
  return fold;
}

}  // namespace detail

/// Reads what json_of(seen_films) wrote.
///
/// throws:  error{format_refused} for anything else
inline seen_films read_seen_films(json_reader& json)
{
  seen_films seen;
  json.object([&](const std::string& key) {
    if (key == "split") seen.leaky = detail::read_word<2>(json, {"grouped", "leaky"}) == 1;
    else if (key == "start") seen.complete = detail::read_word<2>(json, {"unrecorded", "recorded"}) == 1;
    else if (key == "folds") json.array([&] { seen.folds.push_back(detail::read_seen_fold(json)); });
    else json.refuse("expected split, start or folds, found " + shown(key));
  });
  return seen;
}

}  // namespace thorax
