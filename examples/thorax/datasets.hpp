// SPDX-License-Identifier: MIT
//
// datasets: class folders as every command sees them, so that fold 0 is the same films for all of them.

#pragma once

#include <thorax/base/thread_pool.hpp>   // thread_pool
#include <thorax/data/csv.hpp>           // read_csv
#include <thorax/data/film_groups.hpp>   // film_groups, know_contents
#include <thorax/data/fold_rosters.hpp>  // fold_rosters
#include <thorax/data/read_dataset.hpp>  // read_dataset
#include <thorax/data/split.hpp>         // assign_folds
#include <thorax/data/splits_csv.hpp>    // take_splits

#include <cstddef>  // size_t
#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <vector>

namespace thorax::program {

/// Reads class folders and says what is remarkable about them.
inline dataset dataset_with_remarks(const std::filesystem::path& folder)
{
  dataset films = read_dataset(folder);
  for (const std::string& remark : films.remarks) std::cerr << "thorax: note: " << remark << '\n';
  return films;
}

inline constexpr int usual_folds = 10;

/// The numbers of the folds that there are.
inline std::set<int> fold_numbers(const dataset& films)
{
  std::set<int> numbers;
  for (const film& each : films.films)
    if (each.fold >= 0) numbers.insert(each.fold);
  return numbers;
}

/// Where folds come from.
struct fold_source {
  std::filesystem::path splits{};  ///< what `thorax split` wrote; empty: manifest.csv says it
  int count{};                     ///< how many there have to be; 0: as many as there are
};

/// Makes folds of whole groups of films, always the same ones for the same films.
inline void make_folds(dataset& films, int count, leaky_split leak)
{
  assign_folds(films, count, 0, leak);
  if (films.has_manifest)
    std::cerr << "thorax: note: manifest.csv names no such folds: " << count << " were made of its patients\n";
  else
    std::cerr << "thorax: note: no manifest.csv says whose films these are: patients are guessed from the names of files, "
              << "and " << count << " folds made of them\n";
}

/// Reads class folders with contents and folds: those of the table that is given, else those of the manifest, else some
/// are made.
inline dataset dataset_with_folds(const std::filesystem::path& folder, thread_pool& pool, const fold_source& from = {},
                                  leaky_split leak = leaky_split::refused)
{
  dataset films = dataset_with_remarks(folder);
  know_contents(films, pool);
  if (!from.splits.empty()) {
    const std::size_t said = films.remarks.size();
    take_splits(films, read_csv(from.splits));
    for (std::size_t i = said; i < films.remarks.size(); ++i) std::cerr << "thorax: note: " << films.remarks[i] << '\n';
  }
  const auto found = static_cast<int>(fold_numbers(films).size());
  if (from.count > 0 && found != from.count && !from.splits.empty())
    throw error{error_code::does_not_fit, "'" + from.splits.string() + "' has " + std::to_string(found) +
                                            " folds, expected " + std::to_string(from.count) +
                                            "; ask for as many, or make another split (thorax split)"};
  if (found == 0 || (from.count > 0 && found != from.count))
    make_folds(films, from.count > 0 ? from.count : usual_folds, leak);
  return films;
}

/// returns:  the folds of all films as training sees them, for what weights say about films; none if there are too few
///           films for folds
inline std::vector<fold_roster> rosters_as_trained(dataset films, thread_pool& pool)
{
  know_contents(films, pool);
  const std::vector<std::size_t> groups = film_groups(films);
  const std::size_t distinct = std::set<std::size_t>{groups.begin(), groups.end()}.size();
  if (fold_numbers(films).empty() && distinct >= usual_folds) assign_folds(films, usual_folds, 0);
  return fold_rosters(films);
}

}  // namespace thorax::program
