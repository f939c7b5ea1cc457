// SPDX-License-Identifier: MIT
//
// predictions: what a network said about a set of films, one row a film. Every measure starts here.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <algorithm>  // any_of, count_if
#include <cmath>      // isfinite, abs
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <string>
#include <vector>

namespace thorax {

/// One film. A film that could not be read or was turned away is a row too: `rejected`, with its reason.
struct prediction {
  std::string path{};
  std::string patient{};               ///< key that groups a patient's films, empty if unknown
  int fold{-1};                        ///< -1 if the films were not split
  int true_finding{-1};                ///< index of the label, -1 if unknown
  int predicted{-1};                   ///< index of the network's answer, -1 if it gave none
  std::vector<float> probabilities{};  ///< one a finding, in their order; may be empty if rejected
  std::vector<float> logits{};         ///< the same before softmax; may be empty
  bool rejected{};
  std::string reason{};                ///< why it was rejected, for people
  std::vector<std::string> remarks{};  ///< what people should know of a film that was not; "film 'path' " goes before each
};

/// Films and the findings that their indices and probabilities mean.
struct predictions {
  std::vector<std::string> findings;
  std::vector<prediction> rows;
  bool findings_exclude_each_other{true};  ///< a film's probabilities then add up to 1; not so behind a sigmoid
  double temperature{1};  ///< by which logits were divided before softmax
};

/// returns:  whether the film takes part in measures: it has a label, and the network answered
inline bool is_measured(const prediction& film)
{
  return !film.rejected && film.true_finding >= 0;
}

namespace detail {

[[noreturn]] inline void refuse_film(error_code code, const prediction& film, const std::string& what)
{
  throw error{code, "prediction for film '" + film.path + "': " + what};
}

inline void ensure_index_fits(const prediction& film, const char* name, int index, std::size_t findings)
{
  if (index >= -1 && index < static_cast<int>(findings)) return;
  refuse_film(error_code::does_not_fit, film,
              std::string{name} + " is finding " + std::to_string(index) + ", expected 0 to " +
                std::to_string(findings - 1) + ", or -1 for none");
}

inline void ensure_numbers_fit(const prediction& film, const char* name, const std::vector<float>& numbers,
                               std::size_t findings, bool may_be_empty)
{
  if (numbers.empty() && may_be_empty) return;
  if (numbers.size() != findings)
    refuse_film(error_code::does_not_fit, film,
                std::to_string(numbers.size()) + " " + name + ", expected one for each of the " +
                  std::to_string(findings) + " findings");
  if (std::any_of(numbers.begin(), numbers.end(), [](float number) { return !std::isfinite(number); }))
    refuse_film(error_code::number_not_finite, film,
                std::string{"one of its "} + name +
                  " is infinite or not a number; check the weights and the film's intensities");
}

/// Softmax in single precision misses 1 by some 1e-7; more than 1e-3 is another kind of score.
inline void ensure_distribution(const prediction& film, bool findings_exclude_each_other)
{
  double sum = 0;
  for (const float probability : film.probabilities) {
    if (probability < 0 || probability > 1)
      refuse_film(error_code::does_not_fit, film,
                  "a probability is " + std::to_string(probability) + ", expected 0 to 1; are these logits?");
    sum += static_cast<double>(probability);
  }
  if (findings_exclude_each_other && !film.probabilities.empty() && std::abs(sum - 1) > 1e-3)
    refuse_film(error_code::does_not_fit, film,
                "its probabilities add up to " + std::to_string(sum) + ", expected 1");
}

}  // namespace detail

/// Checks every row against the findings.
///
/// throws:  error{does_not_fit} for fewer than two findings, an index or a count of numbers that does not
///          fit them, or probabilities that are none; error{number_not_finite}. The sentence names the film.
inline void ensure_sound(const predictions& films)
{
  const std::size_t findings = films.findings.size();
  if (findings < 2)
    throw error{error_code::does_not_fit, "predictions: " + std::to_string(findings) +
                                            " findings are named, expected at least 2"};
  for (const prediction& film : films.rows) {
    detail::ensure_index_fits(film, "its label", film.true_finding, findings);
    detail::ensure_index_fits(film, "its prediction", film.predicted, findings);
    if (!film.rejected && film.predicted < 0)
      detail::refuse_film(error_code::does_not_fit, film,
                          "no finding is predicted, and the film is not rejected; mark it so, with a reason");
    detail::ensure_numbers_fit(film, "probabilities", film.probabilities, findings, film.rejected);
    detail::ensure_numbers_fit(film, "logits", film.logits, findings, true);
    detail::ensure_distribution(film, films.findings_exclude_each_other);
  }
}

/// returns:  how many films take part in measures
/// throws:   error{does_not_fit} if none does; the sentence begins with `measure`
inline std::int64_t measured_films(const predictions& films, const std::string& measure)
{
  const std::int64_t measured = std::count_if(films.rows.begin(), films.rows.end(), is_measured);
  if (measured > 0) return measured;
  const std::int64_t rejected =
    std::count_if(films.rows.begin(), films.rows.end(), [](const prediction& film) { return film.rejected; });
  const std::int64_t all = static_cast<std::int64_t>(films.rows.size());
  throw error{error_code::does_not_fit, measure + ": no film to measure; of " + std::to_string(all) + " films " +
                                          std::to_string(rejected) + " were rejected and " +
                                          std::to_string(all - rejected) +
                                          " carry no label; expected at least one film with a known finding"};
}

}  // namespace thorax
