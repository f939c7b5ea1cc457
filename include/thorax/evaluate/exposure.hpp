// SPDX-License-Identifier: MIT
//
// exposure: what weights had to do with the films that they are measured on, as sentences that stand beside the numbers.

#pragma once

#include <thorax/data/fold_rosters.hpp>  // fold_roster
#include <thorax/model/seen_films.hpp>   // seen_films

#include <algorithm>  // all_of, any_of, find_if
#include <cstddef>    // size_t
#include <optional>
#include <span>
#include <string>
#include <utility>  // pair
#include <vector>

namespace thorax {

namespace detail {

inline const seen_fold* record_of(const fold_roster& roster, const seen_films& seen)
{
  const std::string content = roster.content.text();
  const auto found = std::find_if(seen.folds.begin(), seen.folds.end(),
                                  [&](const seen_fold& each) { return each.content == content; });
  return found == seen.folds.end() ? nullptr : &*found;
}

/// Whether every fold that was trained on or chosen by is a fold of these films: only then are the others apart from it.
inline bool knows_all_that_was_seen(const seen_films& seen, std::span<const fold_roster> rosters)
{
  return std::all_of(seen.folds.begin(), seen.folds.end(), [&](const seen_fold& each) {
    return each.use == film_use::test || std::any_of(rosters.begin(), rosters.end(), [&](const fold_roster& roster) {
             return roster.content.text() == each.content;
           });
  });
}

/// returns:  "fold 3", "folds 0, 1 and 4"
inline std::string folds_named(const std::vector<int>& folds)
{
  std::string text = folds.size() == 1 ? "fold " : "folds ";
  for (std::size_t i = 0; i < folds.size(); ++i)
    text += (i == 0 ? "" : i + 1 == folds.size() ? " and " : ", ") + std::to_string(folds[i]);
  return text;
}

inline std::string sentence_about(const seen_fold* record, const seen_films& seen, bool knows_all)
{
  if (record == nullptr) return "not known to these weights, which were made with another split or other films";
  switch (record->use) {
    case film_use::training: return "trained on";
    case film_use::validation: return "the epoch was chosen on it";
    case film_use::test: break;
  }
  if (!knows_all) return "set aside in the last training, but earlier ones had films of another split";
  if (!seen.complete)
    return "never seen in training or choosing; the weights that training began with do not say what they saw";
  return "never seen in training or choosing";
}

}  // namespace detail

/// accepts:  what the weights say, the folds of all films that are there, and the one that is measured, or all
/// returns:  one sentence for each thing that can be said of some folds, as "fold 0: never seen in training or choosing";
///           a last one if the split was leaky. A fold is known by what its films hold, not by its number.
inline std::vector<std::string> exposure_of(const std::optional<seen_films>& seen, std::span<const fold_roster> rosters,
                                            std::optional<int> fold)
{
  if (!seen) return {"these weights do not say which films they were trained on and chosen by"};
  const bool knows_all = detail::knows_all_that_was_seen(*seen, rosters);
  std::vector<std::pair<std::string, std::vector<int>>> said;
  for (const fold_roster& roster : rosters) {
    if (fold && roster.fold != *fold) continue;
    const std::string sentence = detail::sentence_about(detail::record_of(roster, *seen), *seen, knows_all);
    const auto same = std::find_if(said.begin(), said.end(), [&](const auto& each) { return each.first == sentence; });
    if (same == said.end()) said.push_back({sentence, {roster.fold}});
    else same->second.push_back(roster.fold);
  }
  std::vector<std::string> sentences;
  for (const auto& [sentence, folds] : said) sentences.push_back(detail::folds_named(folds) + ": " + sentence);
  if (sentences.empty()) sentences.emplace_back("these films are in no fold, so nobody knows whether the weights saw them");
  if (seen->leaky)
    sentences.emplace_back("leaky split: patients, or copies of films, were on both sides; every number is too good");
  return sentences;
}

}  // namespace thorax
