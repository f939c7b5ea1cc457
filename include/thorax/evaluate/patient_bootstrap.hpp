// SPDX-License-Identifier: MIT
//
// patient_bootstrap: how far a measure can be trusted when a patient has several films. Patients are drawn
// again, with all their films, instead of films.

#pragma once

#include <thorax/base/error.hpp>                // error
#include <thorax/base/random.hpp>               // random_stream
#include <thorax/evaluate/predictions.hpp>      // predictions
#include <thorax/evaluate/wilson_interval.hpp>  // interval

#include <algorithm>  // sort, max_element, min
#include <cmath>      // isfinite, floor
#include <concepts>   // invocable
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>  // as_const, move
#include <vector>

namespace thorax {

struct bootstrap_settings {
  std::uint64_t seed{};
  int resamples{2000};
  double confidence{0.95};  ///< share of the resamples that lie in the interval
};

/// A measure with its percentile interval, and what it was drawn from.
struct bootstrap_interval {
  std::optional<double> value{};    ///< of the films as they are; nothing if the measure does not exist
  std::optional<interval> range{};  ///< of the resamples in which it exists; nothing if it exists in none
  int resamples{};
  int undefined{};         ///< resamples without the measure: if there are many, do not trust the range
  std::size_t films{};     ///< films measured
  std::size_t patients{};  ///< groups that were drawn; a film without a patient is a group of its own
};

/// The patients of a set of films, by finding, to be drawn again.
class patient_resamples {
public:
  /// A patient's finding is the commonest label of the films (of equals the first finding).
  ///
  /// throws:  as ensure_sound; error{does_not_fit} if no film is measured
  patient_resamples(const predictions& films, std::uint64_t seed) : stream_{seed}, strata_(films.findings.size())
  {
    ensure_sound(films);
    std::vector<std::vector<std::size_t>> patients;  // in the order of their first films
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < films.rows.size(); ++i) {
      const prediction& film = films.rows[i];
      if (!is_measured(film)) continue;
      films_.push_back(i);
      const bool known = !film.patient.empty() && !place.emplace(film.patient, patients.size()).second;
      if (known) patients[place[film.patient]].push_back(i);
      else patients.push_back({i});
    }
    if (patients.empty())
      throw error{error_code::does_not_fit, "bootstrap of patients: none of " + std::to_string(films.rows.size()) +
                                              " films has a label and an answer, expected at least one"};
    patients_ = patients.size();
    for (std::vector<std::size_t>& each : patients) strata_[commonest(films, each)].push_back(std::move(each));
  }

  /// returns:  places in predictions::rows of the films measured
  [[nodiscard]] const std::vector<std::size_t>& films() const { return films_; }
  [[nodiscard]] std::size_t patients() const { return patients_; }

  /// returns:  the films of as many patients of each finding as there are, drawn with replacement; a pure
  ///           function of the films, the seed and `resample`
  [[nodiscard]] std::vector<std::size_t> operator()(std::uint64_t resample) const
  {
    const random_stream stream = stream_ / resample;
    std::vector<std::size_t> drawn;
    std::uint64_t draws = 0;
    for (const auto& stratum : strata_)
      for (std::size_t i = 0; i < stratum.size(); ++i) {
        const auto& patient = stratum[static_cast<std::size_t>(stream.below(draws++, stratum.size()))];
        drawn.insert(drawn.end(), patient.begin(), patient.end());
      }
    return drawn;
  }

private:
  static std::size_t commonest(const predictions& films, const std::vector<std::size_t>& patient)
  {
    std::vector<int> count(films.findings.size());
    for (const std::size_t i : patient) ++count[static_cast<std::size_t>(films.rows[i].true_finding)];
    return static_cast<std::size_t>(std::max_element(count.begin(), count.end()) - count.begin());
  }

  random_stream stream_;
  std::vector<std::vector<std::vector<std::size_t>>> strata_;  // finding, patient, film
  std::vector<std::size_t> films_;
  std::size_t patients_{};
};

/// returns:  the value below which a share of the numbers lies, straight between neighbors as numpy.quantile
/// requires: numbers in ascending order, at least one; 0 <= share <= 1
inline double sorted_quantile(std::span<const double> numbers, double share)
{
  const double place = share * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, numbers.size() - 1);
  return numbers[below] + (place - static_cast<double>(below)) * (numbers[above] - numbers[below]);
}

namespace detail {

/// The measure of the films at `places`; nothing if it does not exist or is no finite number.
template<class Measure>
std::optional<double> measured_at(const predictions& films, Measure& measure, std::span<const std::size_t> places)
{
  std::optional<double> value;
  if constexpr (std::invocable<Measure&, const predictions&>) {
    predictions chosen{films.findings, {}, films.findings_exclude_each_other};
    chosen.rows.reserve(places.size());
    for (const std::size_t i : places) chosen.rows.push_back(films.rows[i]);
    value = measure(std::as_const(chosen));
  }
  else value = measure(places);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

inline void ensure_settings(const bootstrap_settings& settings)
{
  if (settings.resamples < 1)
    throw error{error_code::wrong_usage, "bootstrap of patients: " + std::to_string(settings.resamples) +
                                           " resamples, expected at least 1; 2000 are usual"};
  if (!(settings.confidence > 0 && settings.confidence < 1))
    throw error{error_code::wrong_usage, "bootstrap of patients: a confidence of " +
                                           std::to_string(settings.confidence) +
                                           ", expected between 0 and 1; 0.95 is usual"};
}

}  // namespace detail

/// What can be bootstrapped: a number, or nothing where it does not exist, from predictions or from places in
/// predictions::rows. A film drawn twice is there twice.
template<class Measure>
concept film_measure = requires(Measure& measure, const predictions& films, std::span<const std::size_t> places) {
  requires requires { std::optional<double>{measure(films)}; } ||
             requires { std::optional<double>{measure(places)}; };
};

/// The percentile interval of a measure, by drawing patients of each finding again. The same films in the same
/// order and the same seed give the same interval.
///
/// throws:  as patient_resamples, and what `measure` throws; error{wrong_usage} for settings that make no sense
/// see:     Efron, Tibshirani 1993, chapter 13
template<film_measure Measure>
bootstrap_interval patient_bootstrap(const predictions& films, Measure measure,
                                     const bootstrap_settings& settings = {})
{
  detail::ensure_settings(settings);
  const patient_resamples resamples{films, settings.seed};
  bootstrap_interval found{.value = detail::measured_at(films, measure, resamples.films()),
                           .resamples = settings.resamples,
                           .films = resamples.films().size(),
                           .patients = resamples.patients()};
  std::vector<double> values;
  for (int i = 0; i < settings.resamples; ++i) {
    const std::vector<std::size_t> places = resamples(static_cast<std::uint64_t>(i));
    const std::optional<double> value = detail::measured_at(films, measure, places);
    if (value) values.push_back(*value);
    else ++found.undefined;
  }
  if (values.empty()) return found;
  std::sort(values.begin(), values.end());
  const double tail = (1 - settings.confidence) / 2;
  found.range = interval{sorted_quantile(values, tail), sorted_quantile(values, 1 - tail)};
  return found;
}

}  // namespace thorax
