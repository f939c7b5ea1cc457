// SPDX-License-Identifier: MIT
//
// fold_rosters: which films a fold holds, as one key, so that a fold is found again whatever it is called.

#pragma once

#include <thorax/base/content_key.hpp>  // content_key, key_writer
#include <thorax/data/dataset.hpp>      // dataset, film

#include <algorithm>  // sort
#include <cstddef>    // size_t
#include <map>
#include <vector>

namespace thorax {

/// One fold of a dataset.
struct fold_roster {
  int fold{};
  std::size_t films{};
  content_key content;  ///< of the films' contents, in whatever order and under whatever names

  friend bool operator==(const fold_roster&, const fold_roster&) = default;
};

/// returns:  one key of what films hold, the same whatever their order
inline content_key key_of_set(std::vector<content_key> contents)
{
  std::sort(contents.begin(), contents.end());
  key_writer key;
  for (const content_key& each : contents) key.add_number(each.first).add_number(each.second);
  return key.key();
}

/// returns:  the folds that films stand in, by number. Films that could not be read count, but not as what they hold.
inline std::vector<fold_roster> fold_rosters(const dataset& films)
{
  std::map<int, std::vector<content_key>> by_fold;
  for (const film& each : films.films)
    if (each.fold >= 0) by_fold[each.fold].push_back(each.content.value_or(content_key{}));
  std::vector<fold_roster> rosters;
  for (const auto& [fold, contents] : by_fold) rosters.push_back({fold, contents.size(), key_of_set(contents)});
  return rosters;
}

}  // namespace thorax
