// SPDX-License-Identifier: MIT
//
// split: films get folds, and folds become the parts of a split.

#pragma once

#include <thorax/base/error.hpp>          // error
#include <thorax/base/random.hpp>         // random_stream
#include <thorax/data/dataset.hpp>        // dataset, film
#include <thorax/data/dataset_split.hpp>  // dataset_split, ensure_no_leak, leaky_split
#include <thorax/data/film_groups.hpp>    // film_groups

#include <algorithm>  // sort, min_element
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <map>
#include <optional>
#include <string>
#include <utility>  // pair
#include <vector>

namespace thorax {

/// The folds that a network does not learn from.
struct held_out_folds {
  int validation{};
  std::optional<int> test{};
};

namespace detail {

/// Films that stay together, counted by finding.
struct patient_group {
  std::vector<std::size_t> films;
  std::vector<double> counts;
  std::uint64_t drawn{};
};

inline std::vector<patient_group> groups_of(const dataset& films, std::uint64_t seed, leaky_split leak)
{
  const std::vector<std::size_t> first_of_group = film_groups(films);
  std::map<std::size_t, std::string> names;  // of the group's first patient in the alphabet
  for (std::size_t i = 0; i < films.films.size(); ++i) {
    const std::string& patient = films.films[i].patient;
    std::string& name = names.emplace(first_of_group[i], patient).first->second;
    name = std::min(name, patient);
  }
  std::map<std::string, patient_group> by_patient;
  for (std::size_t i = 0; i < films.films.size(); ++i) {
    const bool alone = leak == leaky_split::allowed;
    patient_group& group = by_patient[alone ? std::to_string(i) : names[first_of_group[i]]];
    group.counts.resize(films.findings.size());
    group.counts[static_cast<std::size_t>(films.films[i].finding)] += 1;
    group.films.push_back(i);
  }
  std::vector<patient_group> groups;
  for (auto& [name, group] : by_patient) {
    group.drawn = random_stream{seed}.bits(groups.size());
    groups.push_back(std::move(group));
  }
  // Persons with many films are placed first, while every fold still has room; among equals the order is drawn.
  std::stable_sort(groups.begin(), groups.end(), [](const patient_group& a, const patient_group& b) {
    return std::pair{b.films.size(), a.drawn} < std::pair{a.films.size(), b.drawn};
  });
  return groups;
}

/// Joining fold f adds Σ_c ((n_cf + g_c)/s_c - 1)² - (n_cf/s_c - 1)² to the squared excess over the fair shares s_c,
/// so that rare findings weigh as much as frequent ones. What differs between folds is Σ_c n_cf·g_c/s_c².
///
/// returns:  that sum, and the fold's films, which decide between equal sums
inline std::pair<double, double> cost_of_joining(const std::vector<double>& fold, const patient_group& group,
                                                 const std::vector<double>& share)
{
  std::pair<double, double> cost;
  for (std::size_t c = 0; c < fold.size(); ++c) {
    cost.first += fold[c] * group.counts[c] / (share[c] * share[c]);
    cost.second += fold[c];
  }
  return cost;
}

}  // namespace detail

/// Gives every film a fold from 0 to folds - 1: all films of a patient, and where contents are known all copies of a
/// film, the same one (film_groups), and every finding spread as evenly as these allow. The same films, folds and seed give the same assignment on every machine; the paths
/// have no part in it beyond their order. With leaky_split::allowed films are spread one by one, persons ignored.
///
/// throws:  error{wrong_usage} for fewer than 2 folds; error{does_not_fit} for fewer patients than folds
/// cost:    O(patients · (log patients + folds · findings))
inline void assign_folds(dataset& films, int folds, std::uint64_t seed, leaky_split leak = leaky_split::refused)
{
  if (folds < 2)
    throw error{error_code::wrong_usage, "folds: expected at least 2, found " + std::to_string(folds)};
  std::vector<double> share;
  for (const std::size_t count : films_per_finding(films))
    share.push_back(count == 0 ? 1.0 : static_cast<double>(count) / folds);
  const std::vector<detail::patient_group> groups = detail::groups_of(films, seed, leak);
  if (groups.size() < static_cast<std::size_t>(folds))
    throw error{error_code::does_not_fit, "cannot make " + std::to_string(folds) + " folds of " +
                                            std::to_string(groups.size()) +
                                            " patients; ask for fewer folds or add films of other persons"};
  std::vector<std::vector<double>> filled(static_cast<std::size_t>(folds), std::vector<double>(share.size()));
  for (const detail::patient_group& group : groups) {
    std::vector<std::pair<double, double>> costs;
    for (const auto& fold : filled) costs.push_back(detail::cost_of_joining(fold, group, share));
    const auto best = static_cast<std::size_t>(std::min_element(costs.begin(), costs.end()) - costs.begin());
    for (std::size_t c = 0; c < share.size(); ++c) filled[best][c] += group.counts[c];
    for (const std::size_t i : group.films) films.films[i].fold = static_cast<int>(best);
  }
}

/// returns:  the films of the two folds as validation and test, all others as train; parts keep the dataset's order
/// throws:   error{wrong_usage} if the two folds are one; error{does_not_fit} if a film has no fold, a part is empty, or,
///           unless allowed, a patient or, where contents are known, copies of a film are in two parts
inline dataset_split split_by_fold(const dataset& films, const held_out_folds& folds,
                                   leaky_split leak = leaky_split::refused)
{
  if (folds.test == folds.validation)
    throw error{error_code::wrong_usage, "fold " + std::to_string(folds.validation) +
                                           " cannot be validated and tested on: what chose the weights would judge them; "
                                           "choose two folds"};
  const dataset empty{films.findings, {}, films.folder, films.skipped, films.has_manifest, films.remarks};
  dataset_split parts{empty, empty, empty};
  for (const film& each : films.films) {
    if (each.fold < 0)
      throw error{error_code::does_not_fit, "film '" + each.path.filename().string() +
                                              "' has no fold; complete the manifest or call assign_folds"};
    dataset& part = each.fold == folds.validation ? parts.validation : each.fold == folds.test ? parts.test : parts.train;
    part.films.push_back(each);
  }
  if (parts.train.films.empty() || parts.validation.films.empty())
    throw error{error_code::does_not_fit, "fold " + std::to_string(folds.validation) + " leaves " +
                                            std::to_string(parts.train.films.size()) + " films to learn from and " +
                                            std::to_string(parts.validation.films.size()) +
                                            " to validate on; choose another fold"};
  if (folds.test && parts.test.films.empty())
    throw error{error_code::does_not_fit, "fold " + std::to_string(*folds.test) +
                                            " has no film to test on; choose another fold"};
  if (leak == leaky_split::refused) ensure_no_leak(parts);
  return parts;
}

/// The same without films to test on.
inline dataset_split split_by_fold(const dataset& films, int fold, leaky_split leak = leaky_split::refused)
{
  return split_by_fold(films, held_out_folds{fold, std::nullopt}, leak);
}

}  // namespace thorax
