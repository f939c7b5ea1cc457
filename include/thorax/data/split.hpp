// SPDX-License-Identifier: MIT
//
// split: the films a network learns from and the films it is tested on, with no person on both sides.

#pragma once

#include <thorax/base/error.hpp>    // error
#include <thorax/base/random.hpp>   // random_stream
#include <thorax/data/dataset.hpp>  // dataset, film

#include <algorithm>  // sort, min_element
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <map>
#include <string>
#include <unordered_set>
#include <utility>  // pair
#include <vector>

namespace thorax {

/// Two parts of one dataset; both know the same findings.
struct dataset_split {
  dataset train;
  dataset validation;
};

/// Whether a person may stand on both sides of a split. If so, every figure made with it is too good.
enum class leaky_split { refused, allowed };

/// throws:  error{does_not_fit} naming the first patient, and one film of theirs, that is in both parts
inline void ensure_no_leak(const dataset& train, const dataset& validation)
{
  std::unordered_set<std::string> learned;
  for (const film& each : train.films) learned.insert(each.patient);
  for (const film& each : validation.films)
    if (learned.contains(each.patient))
      throw error{error_code::does_not_fit,
                  "patient '" + each.patient + "' stands on both sides of the split (validation film '" +
                    each.path.filename().string() +
                    "'), so results would be too good; split by patient, or allow a leaky split "
                    "(--allow-leaky-split) and say so"};
}

namespace detail {

/// The films of one person, counted by finding.
struct patient_group {
  std::vector<std::size_t> films;
  std::vector<double> counts;
  std::uint64_t drawn{};
};

inline std::vector<patient_group> groups_of(const dataset& films, std::uint64_t seed, leaky_split leak)
{
  std::map<std::string, patient_group> by_patient;
  for (std::size_t i = 0; i < films.films.size(); ++i) {
    const bool alone = leak == leaky_split::allowed;
    patient_group& group = by_patient[alone ? std::to_string(i) : films.films[i].patient];
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

/// Gives every film a fold from 0 to folds - 1: all films of a patient the same one, and every finding spread as
/// evenly as persons allow. The same films, folds and seed give the same assignment on every machine; the paths
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

/// returns:  the films of `fold` as validation, all others as train; both keep the order of the dataset
/// throws:   error{does_not_fit} if a film has no fold, a part is empty, or, unless allowed, a patient is in both
inline dataset_split split_by_fold(const dataset& films, int fold, leaky_split leak = leaky_split::refused)
{
  const dataset empty{films.findings, {}, films.folder, films.skipped, films.has_manifest, films.remarks};
  dataset_split parts{empty, empty};
  for (const film& each : films.films) {
    if (each.fold < 0)
      throw error{error_code::does_not_fit, "film '" + each.path.filename().string() +
                                              "' has no fold; complete the manifest or call assign_folds"};
    (each.fold == fold ? parts.validation : parts.train).films.push_back(each);
  }
  if (parts.train.films.empty() || parts.validation.films.empty())
    throw error{error_code::does_not_fit, "fold " + std::to_string(fold) + " leaves " +
                                            std::to_string(parts.train.films.size()) + " films to learn from and " +
                                            std::to_string(parts.validation.films.size()) +
                                            " to validate on; choose another fold"};
  if (leak == leaky_split::refused) ensure_no_leak(parts.train, parts.validation);
  return parts;
}

}  // namespace thorax
