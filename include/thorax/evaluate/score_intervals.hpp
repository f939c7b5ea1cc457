// SPDX-License-Identifier: MIT
//
// score_intervals: how far what is said of scores can be trusted, by patients: areas of each finding, and calibration.

#pragma once

#include <thorax/evaluate/auc.hpp>  // scored, auc_exact
#include <thorax/evaluate/calibration.hpp>  // reliability_bins, calibration_error, brier_of_film, top_score
#include <thorax/evaluate/metrics.hpp>  // loss_of_film
#include <thorax/evaluate/patient_bootstrap.hpp>  // patient_bootstrap
#include <thorax/evaluate/predictions.hpp>  // predictions
#include <thorax/evaluate/roc_curve.hpp>  // average_precision

#include <cstddef>  // size_t
#include <optional>
#include <span>
#include <vector>

namespace thorax {

/// One interval a finding, in their order; those of calibration only where findings exclude each other.
struct score_intervals {
  std::vector<bootstrap_interval> auc{};
  std::vector<bootstrap_interval> average_precision{};
  bootstrap_interval log_loss{};
  std::optional<bootstrap_interval> brier{};
  std::optional<bootstrap_interval> ece{};
};

namespace detail {

/// A number or a score for each row of predictions, by its place; rows that are not measured are never drawn.
template<class Value, class Make>
std::vector<Value> by_place(const predictions& films, Make make)
{
  std::vector<Value> values(films.rows.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (is_measured(films.rows[i])) values[i] = make(films.rows[i]);
  return values;
}

inline bootstrap_interval interval_of_mean(const predictions& films, const std::vector<double>& values,
                                           const bootstrap_settings& settings)
{
  const auto mean = [&](std::span<const std::size_t> places) {
    double sum = 0;
    for (const std::size_t i : places) sum += values[i];
    return sum / static_cast<double>(places.size());
  };
  return patient_bootstrap(films, mean, settings);
}

/// `measure` takes scores and gives a number, or nothing.
template<class Measure>
bootstrap_interval interval_of_scores(const predictions& films, const std::vector<scored>& scores,
                                      const bootstrap_settings& settings, Measure measure)
{
  const auto of_drawn = [&](std::span<const std::size_t> places) -> std::optional<double> {
    std::vector<scored> drawn;
    drawn.reserve(places.size());
    for (const std::size_t i : places) drawn.push_back(scores[i]);
    return measure(drawn);
  };
  return patient_bootstrap(films, of_drawn, settings);
}

}  // namespace detail

/// throws:  as patient_bootstrap
/// cost:    each area sorts the films in every resample
inline score_intervals score_intervals_of(const predictions& films, const bootstrap_settings& settings = {})
{
  ensure_sound(films);
  score_intervals found;
  for (std::size_t finding = 0; finding < films.findings.size(); ++finding) {
    const std::vector<scored> scores = detail::by_place<scored>(films, [&](const prediction& film) {
      return scored{film.probabilities[finding], film.true_finding == static_cast<int>(finding)};
    });
    found.auc.push_back(detail::interval_of_scores(
      films, scores, settings, [](const std::vector<scored>& drawn) { return auc_exact(drawn); }));
    found.average_precision.push_back(detail::interval_of_scores(
      films, scores, settings, [](const std::vector<scored>& drawn) { return average_precision(drawn); }));
  }
  found.log_loss =
    detail::interval_of_mean(films, detail::by_place<double>(films, detail::loss_of_film), settings);
  if (!films.findings_exclude_each_other) return found;
  found.brier = detail::interval_of_mean(films, detail::by_place<double>(films, detail::brier_of_film), settings);
  found.ece = detail::interval_of_scores(
    films, detail::by_place<scored>(films, detail::top_score), settings,
    [](const std::vector<scored>& drawn) { return std::optional{calibration_error(reliability_bins(drawn))}; });
  return found;
}

}  // namespace thorax
