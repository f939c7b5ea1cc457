// SPDX-License-Identifier: MIT
//
// datasets: class folders as every command sees them, so that fold 0 is the same films for all.

#pragma once

#include <thorax/data/read_dataset.hpp>  // read_dataset
#include <thorax/data/split.hpp>         // assign_folds

#include <algorithm>  // none_of
#include <filesystem>
#include <iostream>
#include <string>

namespace thorax::program {

/// Reads class folders and says what is remarkable about them.
inline dataset dataset_with_remarks(const std::filesystem::path& folder)
{
  dataset films = read_dataset(folder);
  for (const std::string& remark : films.remarks) std::cerr << "thorax: note: " << remark << '\n';
  return films;
}

/// The same; without a manifest, ten folds are made of whole patients, always the same ones for the same films.
inline dataset dataset_with_folds(const std::filesystem::path& folder, leaky_split leak = leaky_split::refused)
{
  dataset films = dataset_with_remarks(folder);
  const bool has_none = std::none_of(films.films.begin(), films.films.end(),
                                     [](const film& each) { return each.fold >= 0; });
  if (!has_none) return films;
  assign_folds(films, 10, 0, leak);
  std::cerr << (films.has_manifest ? "thorax: note: manifest.csv names no folds: ten were made of its patients\n"
                                   : "thorax: note: no manifest.csv says whose films these are: patients are guessed "
                                     "from the names of files, and ten folds made of them\n");
  return films;
}

}  // namespace thorax::program
