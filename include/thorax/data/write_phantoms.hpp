// SPDX-License-Identifier: MIT
//
// write_phantoms: a folder of synthetic films as read_dataset reads it: class folders and a manifest.

#pragma once

#include <thorax/base/error.hpp>          // error
#include <thorax/base/file.hpp>           // write_file
#include <thorax/base/thread_pool.hpp>    // thread_pool
#include <thorax/data/csv.hpp>            // csv_line
#include <thorax/data/dataset.hpp>        // dataset, film
#include <thorax/data/phantom.hpp>        // phantom, phantom_findings, phantom_patient
#include <thorax/data/split.hpp>          // assign_folds
#include <thorax/image/write.hpp>         // write_image

#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <filesystem>
#include <string>

namespace thorax {

namespace detail {

/// returns:  at least four digits, so that names sort like numbers
inline std::string padded(int number)
{
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

inline void make_folder(const std::filesystem::path& folder)
{
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    throw error{error_code::file_unwritable, "cannot make the folder '" + folder.string() + "': " + failure.message()};
}

}  // namespace detail

/// returns:  the films that write_phantoms writes, with patients and five folds, no person in two of them
/// throws:   error{wrong_usage} for fewer than 10 films a finding, which are too few persons for five folds
inline dataset phantom_dataset(const std::filesystem::path& folder, std::uint64_t seed, int count_per_finding)
{
  if (count_per_finding < 10 || count_per_finding > 99999)
    throw error{error_code::wrong_usage, "phantoms: expected 10 to 99999 films a finding, found " +
                                           std::to_string(count_per_finding)};
  dataset films;
  films.folder = folder;
  for (std::size_t finding = 0; finding < phantom_findings.size(); ++finding) {
    const std::string name{phantom_findings[finding]};
    films.findings.push_back(name);
    for (int i = 0; i < count_per_finding; ++i)
      films.films.push_back({folder / name / ("phantom_" + detail::padded(i + 1) + ".png"), static_cast<int>(finding),
                             name + "-" + detail::padded(phantom_patient(i) + 1), -1});
  }
  assign_folds(films, 5, seed);
  return films;
}

/// Writes folder/BACTERIAL/phantom_0001.png and so on, and last folder/manifest.csv with every film's patient and
/// fold. Films that stand there already under these names are replaced.
///
/// returns:  what was written
/// throws:   error{file_unwritable}, error{wrong_usage}
inline dataset write_phantoms(const std::filesystem::path& folder, std::uint64_t seed, int count_per_finding,
                              int size, thread_pool& pool)
{
  const dataset films = phantom_dataset(folder, seed, count_per_finding);
  for (const std::string& finding : films.findings) detail::make_folder(folder / finding);
  pool.run(static_cast<int>(films.films.size()), [&](int task, int) {
    const film& one = films.films[static_cast<std::size_t>(task)];
    write_image(one.path, phantom(seed, task % count_per_finding, one.finding, size));
  });
  std::string table = "file,class,patient,patient_fold\n";
  for (const film& one : films.films) {
    const std::string& finding = films.findings[static_cast<std::size_t>(one.finding)];
    table += csv_line(std::array{one.path.filename().string(), finding, one.patient, std::to_string(one.fold)});
  }
  write_file(folder / "manifest.csv", table);
  return films;
}

}  // namespace thorax
