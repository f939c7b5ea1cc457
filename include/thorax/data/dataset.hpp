// SPDX-License-Identifier: MIT
//
// dataset: which films there are, what they are labelled, and whose they are. No pixel is touched here.

#pragma once

#include <thorax/base/content_key.hpp>  // content_key
#include <thorax/base/error.hpp>        // error

#include <cstddef>  // size_t
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thorax {

/// One film of a dataset.
struct film {
  std::filesystem::path path;
  int finding{};        ///< place in dataset::findings
  std::string patient;  ///< films with equal keys are of one person and stay on one side of a split
  int fold{-1};         ///< -1: no fold assigned
  std::optional<content_key> content{};  ///< of its file; nothing as long as nobody has looked, see film_groups.hpp
};

/// Films and the names of their findings.
struct dataset {
  std::vector<std::string> findings;  ///< alphabetical; a network's outputs stand in this order
  std::vector<film> films;            ///< by finding, then by file name
  std::filesystem::path folder;       ///< the folder that holds the class folders
  std::size_t skipped{};              ///< entries of the class folders that are no pictures, by their names
  bool has_manifest{};                ///< a manifest.csv says whose films these are; else patients are guessed
  std::vector<std::string> remarks;   ///< sentences for people: what was chosen or left out while reading
};

/// returns:  how many films each finding has
/// throws:   error{does_not_fit} if a film's finding is none of the dataset's
inline std::vector<std::size_t> films_per_finding(const dataset& films)
{
  std::vector<std::size_t> counts(films.findings.size());
  for (const film& each : films.films) {
    if (each.finding < 0 || static_cast<std::size_t>(each.finding) >= counts.size())
      throw error{error_code::does_not_fit, "film '" + each.path.string() + "': expected a finding below " +
                                              std::to_string(counts.size()) + ", found " +
                                              std::to_string(each.finding)};
    ++counts[static_cast<std::size_t>(each.finding)];
  }
  return counts;
}

namespace detail {

/// ASCII only: other letters stay as they are.
inline std::string lower_case(std::string text)
{
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

}  // namespace detail

}  // namespace thorax
