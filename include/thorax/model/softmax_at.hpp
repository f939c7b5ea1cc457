// SPDX-License-Identifier: MIT
//
// softmax_at: probabilities of logits that are divided by a temperature first. It changes how sure a network is, and
// never what it answers.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <algorithm>  // any_of, max_element
#include <cmath>  // exp, isfinite
#include <cstddef>  // size_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// throws:  error{does_not_fit} for a temperature that is not above 0 and finite
inline void ensure_temperature(double temperature)
{
  if (!(temperature > 0 && std::isfinite(temperature)))
    throw error{error_code::does_not_fit, "temperature: it is " + std::to_string(temperature) +
                                            ", expected a finite number above 0; 1 changes nothing"};
}

/// Softmax of logits / temperature, computed in double precision and written to `probabilities`, which has as many
/// numbers. A logit that is no number makes all of them none.
///
/// requires: a temperature as ensure_temperature wants it, and at least one logit
inline void softmax_at(std::span<const float> logits, double temperature, std::span<float> probabilities)
{
  const double top = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  const auto weight = [&](float logit) { return std::exp((static_cast<double>(logit) - top) / temperature); };
  double total = 0;
  for (const float logit : logits) total += weight(logit);
  for (std::size_t i = 0; i < logits.size(); ++i) probabilities[i] = static_cast<float>(weight(logits[i]) / total);
}

/// returns:  the probabilities of one film
/// throws:   as ensure_temperature; error{number_not_finite}
inline std::vector<float> softmax_at(std::span<const float> logits, double temperature)
{
  ensure_temperature(temperature);
  if (std::any_of(logits.begin(), logits.end(), [](float logit) { return !std::isfinite(logit); }))
    throw error{error_code::number_not_finite,
                "temperature: a logit is infinite or not a number; check the weights and the film's intensities"};
  std::vector<float> probabilities(logits.size());
  if (!logits.empty()) softmax_at(logits, temperature, probabilities);
  return probabilities;
}

}  // namespace thorax
