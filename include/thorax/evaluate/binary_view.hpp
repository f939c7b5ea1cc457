// SPDX-License-Identifier: MIT
//
// binary_view: films of which only two things are asked, as pneumonia against normal.

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <algorithm>  // find
#include <cstddef>    // size_t
#include <string>
#include <vector>

namespace thorax {

/// A film of which only two things are asked. In double precision: near 1 a float makes ties that are none.
struct binary_film {
  double score{};     ///< the higher, the likelier positive
  bool positive{};    ///< by its label
  bool classified{};  ///< by the network's answer, its largest probability: positive
};

namespace detail {

inline int place_of_finding(const predictions& films, const std::string& name)
{
  const auto found = std::find(films.findings.begin(), films.findings.end(), name);
  if (found != films.findings.end()) return static_cast<int>(found - films.findings.begin());
  std::string known;
  for (const std::string& each : films.findings) known += (known.empty() ? "" : ", ") + each;
  throw error{error_code::does_not_fit,
              "binary view: '" + name + "' is none of the findings, expected one of " + known};
}

}  // namespace detail

/// Some findings against all others. The score is the sum of the probabilities of the positive ones.
///
/// returns:  the films measured, in their order
/// throws:   as ensure_sound; error{does_not_fit} if a name is no finding or stands twice, if the positive are
///           none or all, or if several are and findings do not exclude each other: sums are no probability then
inline std::vector<binary_film> binary_view(const predictions& films, const std::vector<std::string>& positive)
{
  ensure_sound(films);
  std::vector<bool> chosen(films.findings.size());
  for (const std::string& name : positive) {
    const auto place = static_cast<std::size_t>(detail::place_of_finding(films, name));
    if (chosen[place])
      throw error{error_code::does_not_fit, "binary view: '" + name + "' is named twice, expected once"};
    chosen[place] = true;
  }
  if (positive.empty() || positive.size() == chosen.size())
    throw error{error_code::does_not_fit, "binary view: " + std::to_string(positive.size()) + " of " +
                                            std::to_string(chosen.size()) +
                                            " findings are positive, expected some and not all"};
  if (positive.size() > 1 && !films.findings_exclude_each_other)
    throw error{error_code::does_not_fit, "binary view: " + std::to_string(positive.size()) +
                                            " findings are positive, expected 1 where findings do not exclude "
                                            "each other"};
  std::vector<binary_film> view;
  for (const prediction& film : films.rows) {
    if (!is_measured(film)) continue;
    double score = 0;
    for (std::size_t finding = 0; finding < chosen.size(); ++finding)
      if (chosen[finding]) score += static_cast<double>(film.probabilities[finding]);
    view.push_back({score, chosen[static_cast<std::size_t>(film.true_finding)],
                    chosen[static_cast<std::size_t>(film.predicted)]});
  }
  return view;
}

/// Everything but one finding against that one: pneumonia against normal. The score is 1 - P(normal).
///
/// returns:  the films measured, in their order
/// throws:   as ensure_sound; error{does_not_fit} if `normal` is no finding
inline std::vector<binary_film> abnormal_view(const predictions& films, const std::string& normal = "NORMAL")
{
  ensure_sound(films);
  const int negative = detail::place_of_finding(films, normal);
  std::vector<binary_film> view;
  for (const prediction& film : films.rows)
    if (is_measured(film))
      view.push_back({1 - static_cast<double>(film.probabilities[static_cast<std::size_t>(negative)]),
                      film.true_finding != negative, film.predicted != negative});
  return view;
}

}  // namespace thorax
