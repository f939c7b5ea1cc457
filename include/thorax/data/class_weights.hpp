// SPDX-License-Identifier: MIT
//
// class_weights: rare findings count more.

#pragma once

#include <thorax/base/error.hpp>    // error
#include <thorax/data/dataset.hpp>  // dataset, films_per_finding

#include <cstddef>  // size_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// Balanced weights: w_c = n / (k · n_c) for n films, k findings, n_c films of finding c. Every finding then
/// adds the same to a weighted sum, and the films' mean weight is 1.
///
/// returns:  one weight a finding
/// throws:   error{does_not_fit} if a finding has no film
/// see:      King, Zeng 2001; the "balanced" rule of scikit-learn and of the Keras reference project
inline std::vector<float> class_weights(std::span<const std::size_t> films_per_finding)
{
  std::size_t films = 0;
  for (const std::size_t count : films_per_finding) films += count;
  std::vector<float> weights;
  for (std::size_t c = 0; c < films_per_finding.size(); ++c) {
    if (films_per_finding[c] == 0)
      throw error{error_code::does_not_fit, "class weights: finding " + std::to_string(c) +
                                              " has no film to weigh; add films or drop the finding"};
    weights.push_back(static_cast<float>(static_cast<double>(films) /
                                         (static_cast<double>(films_per_finding.size()) *
                                          static_cast<double>(films_per_finding[c]))));
  }
  return weights;
}

/// throws:   error{does_not_fit} naming a finding that none of the films has
inline std::vector<float> class_weights(const dataset& films)
{
  const std::vector<std::size_t> counts = films_per_finding(films);
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] == 0)
      throw error{error_code::does_not_fit,
                  "class weights: expected a film of each finding, but the films left to train on hold none of '" +
                    films.findings[c] + "'; add films of it, choose another fold, or train without class weights "
                    "(--no-class-weights)"};
  return class_weights(counts);
}

}  // namespace thorax
