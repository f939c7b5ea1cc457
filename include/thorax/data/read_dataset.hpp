// SPDX-License-Identifier: MIT
//
// read_dataset: a folder of class folders becomes a dataset; a manifest, or the file names, say whose films
// they are.

#pragma once

#include <thorax/base/error.hpp>     // error
#include <thorax/data/csv.hpp>       // read_csv
#include <thorax/data/dataset.hpp>   // dataset, film, lower_case
#include <thorax/data/manifest.hpp>  // manifest
#include <thorax/data/patient.hpp>   // patient_of

#include <algorithm>  // sort, all_of
#include <array>
#include <cctype>   // isdigit
#include <cstddef>  // size_t
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax {

/// returns:  whether the name ends like a picture that read_image understands: jpg, jpeg, png, pgm, dcm in any case
inline bool is_picture_name(const std::filesystem::path& path)
{
  const std::string extension = detail::lower_case(path.extension().string());
  constexpr std::array<std::string_view, 5> known{".jpg", ".jpeg", ".png", ".pgm", ".dcm"};
  return std::find(known.begin(), known.end(), extension) != known.end();
}

namespace detail {

inline bool is_hidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

/// returns:  what lies in the folder, sorted by name as bytes, so that every machine meets the same order
inline std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder)
{
  std::vector<std::filesystem::path> entries;
  try {
    for (const auto& entry : std::filesystem::directory_iterator{folder}) entries.push_back(entry.path());
  }
  catch (const std::filesystem::filesystem_error& failure) {
    throw error{error_code::file_unreadable, "cannot list '" + folder.string() + "': " + failure.code().message()};
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.filename().native() < b.filename().native(); });
  return entries;
}

inline std::vector<std::filesystem::path> folders_in(const std::filesystem::path& folder)
{
  std::vector<std::filesystem::path> folders;
  for (std::filesystem::path& entry : entries_of(folder)) {
    std::error_code unknown;
    if (!is_hidden(entry) && std::filesystem::is_directory(entry, unknown)) folders.push_back(std::move(entry));
  }
  return folders;
}

inline bool is_size_name(const std::filesystem::path& folder)
{
  const std::string name = folder.filename().string();
  return std::all_of(name.begin(), name.end(), [](unsigned char letter) { return std::isdigit(letter) != 0; });
}

/// A set may hold the same films in several sizes, a folder each, named by the size: 224/, 384/. One is taken:
/// a mixture would make resolution a hint at the finding.
inline std::filesystem::path folder_of_classes(const std::filesystem::path& folder, std::vector<std::string>& remarks)
{
  const std::vector<std::filesystem::path> folders = folders_in(folder);
  if (folders.empty() || !std::all_of(folders.begin(), folders.end(), is_size_name)) return folder;
  const auto usual = std::find_if(folders.begin(), folders.end(),
                                  [](const auto& each) { return each.filename() == "224"; });
  const std::filesystem::path chosen = usual != folders.end() ? *usual : folders.front();
  remarks.push_back("'" + folder.string() + "' holds films by size; those in '" + chosen.filename().string() +
                    "' are used, name another folder to use that one");
  return chosen;
}

/// returns:  manifest.csv of the folder or of the one above it; the latter only if it speaks of films and classes
inline std::optional<manifest> manifest_of(const std::filesystem::path& folder, std::vector<std::string>& remarks)
{
  std::error_code unknown;
  const std::filesystem::path inside = folder / "manifest.csv";
  if (std::filesystem::exists(inside, unknown)) return manifest{read_csv(inside)};
  const std::filesystem::path above = std::filesystem::absolute(folder / "..").lexically_normal() / "manifest.csv";
  if (!std::filesystem::exists(above, unknown)) return std::nullopt;
  const csv_table table = read_csv(above);
  if (table.find("file") && table.find("class")) return manifest{table};
  remarks.push_back("'" + above.string() + "' has no columns file and class, so it is not used");
  return std::nullopt;
}

/// Findings are written in lower case where predictions are. What would fail there, after hours of work, is
/// refused here.
inline void ensure_names_differ(const std::vector<std::filesystem::path>& classes)
{
  std::map<std::string, std::string> met;
  for (const std::filesystem::path& each : classes) {
    const std::string name = each.filename().string();
    const auto [first, is_new] = met.emplace(lower_case(name), name);
    if (!is_new)
      throw error{error_code::does_not_fit,
                  "class folders '" + first->second + "' and '" + name + "' in '" + each.parent_path().string() +
                    "' differ only by case, expected names that differ in their letters; put their films into one "
                    "folder, or rename one"};
  }
}

/// Appends the films of one class folder.
inline void read_class(const std::filesystem::path& folder, const std::optional<manifest>& known, dataset& films)
{
  const std::string name = folder.filename().string();
  const std::size_t before = films.films.size();
  for (const std::filesystem::path& entry : entries_of(folder)) {
    const std::string file = entry.filename().string();
    std::error_code unknown;
    if (is_hidden(entry) || !is_picture_name(entry) || !std::filesystem::is_regular_file(entry, unknown)) {
      ++films.skipped;
      continue;
    }
    film next{entry, static_cast<int>(films.findings.size()), {}, -1};
    if (known) {
      const manifest_entry& said = known->at(name, file);
      next.patient = said.patient;
      next.fold = said.fold;
    }
    else next.patient = patient_of(file).value_or(name + "/" + file);
    films.films.push_back(std::move(next));
  }
  if (films.films.size() == before)
    throw error{error_code::does_not_fit, "class folder '" + folder.string() +
                                            "' holds no picture (jpg, jpeg, png, pgm, dcm); add films or remove the folder"};
  films.findings.push_back(name);
}

}  // namespace detail

/// Each sub-folder is a finding, its pictures are films. Patients and folds come from manifest.csv in the folder
/// or above it (columns file, class, patient, patient_fold); without one, patients come from the file names
/// (patient_of), and a film with any other name counts as a patient of its own. If all sub-folders are named by
/// numbers they are sizes, and 224 (else the first) is read. Hidden entries are passed over.
///
/// returns:  findings and films in alphabetical order, and remarks to show to the user
/// throws:   error{file_unreadable} if the folder is missing; error{does_not_fit} for fewer than two class
///           folders, names that differ only by case, an empty one, or a film that the manifest does not list;
///           error{format_refused} for the manifest
inline dataset read_dataset(const std::filesystem::path& folder)
{
  std::error_code unknown;
  if (!std::filesystem::is_directory(folder, unknown))
    throw error{error_code::file_unreadable,
                "'" + folder.string() + "' is no folder; expected one that holds a folder of films for each finding"};
  dataset films;
  films.folder = detail::folder_of_classes(folder, films.remarks);
  const std::vector<std::filesystem::path> classes = detail::folders_in(films.folder);
  if (classes.size() < 2)
    throw error{error_code::does_not_fit,
                "'" + films.folder.string() + "' holds " + std::to_string(classes.size()) +
                  (classes.size() == 1 ? " class folder" : " class folders") +
                  ", expected at least 2 (BACTERIAL, NORMAL, VIRAL); put the films of each finding into a folder "
                  "named after it"};
  detail::ensure_names_differ(classes);
  const std::optional<manifest> known = detail::manifest_of(films.folder, films.remarks);
  films.has_manifest = known.has_value();
  for (const std::filesystem::path& each : classes) detail::read_class(each, known, films);
  if (films.skipped > 0)
    films.remarks.push_back(std::to_string(films.skipped) + " files in '" + films.folder.string() +
                            "' are hidden or no pictures and are left out");
  if (known && known->size() > films.films.size())
    films.remarks.push_back("the manifest lists " + std::to_string(known->size()) + " films, " +
                            std::to_string(films.films.size()) + " of them are here");
  return films;
}

}  // namespace thorax
