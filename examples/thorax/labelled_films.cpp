// SPDX-License-Identifier: MIT

#include "labelled_films.hpp"

#include "words.hpp"

#include <thorax/base/content_key.hpp>   // key_of_file
#include <thorax/base/error.hpp>         // error
#include <thorax/data/fold_rosters.hpp>  // key_of_set

#include <algorithm>  // count_if, find
#include <set>
#include <utility>  // move

namespace thorax::program {

namespace {

/// returns:  the place of each of the dataset's findings among those of the network
std::vector<int> places_of(const dataset& films, const std::vector<std::string>& known)
{
  std::vector<int> places;
  for (const std::string& finding : films.findings) {
    const auto place = std::find(known.begin(), known.end(), finding);
    if (place == known.end())
      throw error{error_code::does_not_fit, "class folder '" + finding + "' of '" + films.folder.string() +
                                              "' is no finding of these weights; expected " + listed(known)};
    places.push_back(static_cast<int>(place - known.begin()));
  }
  return places;
}

}  // namespace

predictions rows_of(const dataset& films, const loaded_model& net, std::optional<int> fold)
{
  const std::vector<int> places = places_of(films, net.findings());
  predictions asked{net.findings(), {}, net.findings_exclude_each_other(), net.temperature()};
  for (const film& each : films.films) {
    if (fold && each.fold != *fold) continue;
    asked.rows.push_back({.path = each.path.string(),
                          .patient = each.patient,
                          .fold = each.fold,
                          .true_finding = places[static_cast<std::size_t>(each.finding)]});
  }
  if (asked.rows.empty())
    throw error{
      error_code::does_not_fit,
      "'" + films.folder.string() + "' has no film of fold " + std::to_string(fold.value_or(0)) +
        "; there are ten, counted from 0, unless the column patient_fold of a manifest.csv says otherwise"};
  return asked;
}

std::string name_of(const std::filesystem::path& data, std::optional<int> fold)
{
  return data.string() + (fold ? ", fold " + std::to_string(*fold) : "");
}

std::vector<std::filesystem::path> inputs_of(const dataset& films)
{
  std::vector<std::filesystem::path> paths;
  for (const film& each : films.films) paths.push_back(each.path);
  paths.push_back(films.folder / "manifest.csv");
  paths.push_back(films.folder / ".." / "manifest.csv");
  return paths;
}

std::string content_of(const std::vector<thorax::prediction>& rows, thread_pool& pool)
{
  std::vector<content_key> keys(rows.size());
  pool.run(static_cast<int>(rows.size()), [&](int i, int) {
    const auto place = static_cast<std::size_t>(i);
    if (!rows[place].rejected) keys[place] = key_of_file(rows[place].path);
  });
  return key_of_set(std::move(keys)).text();
}

std::size_t patients_on_both_sides(const dataset& films, int fold)
{
  std::set<std::string> inside;
  std::set<std::string> outside;
  for (const film& each : films.films) (each.fold == fold ? inside : outside).insert(each.patient);
  return static_cast<std::size_t>(
    std::count_if(inside.begin(), inside.end(), [&](const std::string& each) { return outside.contains(each); }));
}

}  // namespace thorax::program
