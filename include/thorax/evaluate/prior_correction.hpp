// SPDX-License-Identifier: MIT
//
// prior_correction: probabilities for films among which findings are rarer or commoner than among those that
// the network learned from.

#pragma once

#include <thorax/base/error.hpp>            // error
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <cmath>    // abs, isfinite
#include <cstddef>  // size_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

namespace detail {

/// Priors are written by people: a sum that misses 1 by more than 1e-6 is a slip, not a rounding.
inline void ensure_priors(std::span<const double> priors, std::size_t findings, const std::string& which)
{
  const std::string what = "prior correction: the " + which + " priors ";
  if (priors.size() != findings)
    throw error{error_code::does_not_fit, what + "are " + std::to_string(priors.size()) +
                                            ", expected one for each of the " + std::to_string(findings) +
                                            " findings"};
  double sum = 0;
  for (const double prior : priors) {
    if (!std::isfinite(prior) || prior < 0 || prior > 1)
      throw error{error_code::does_not_fit,
                  what + "hold " + std::to_string(prior) + ", expected shares from 0 to 1"};
    sum += prior;
  }
  if (std::abs(sum - 1) > 1e-6)
    throw error{error_code::does_not_fit,
                what + "add up to " + std::to_string(sum) + ", expected 1; divide them by their sum"};
}

}  // namespace detail

/// The share of each finding among films to learn from, or to judge, and the share it is to have.
class prior_correction {
public:
  /// A finding whose new prior is 0 is ruled out. One whose old prior is 0 was never learned, so its new one
  /// must be 0 too.
  ///
  /// throws:  error{does_not_fit} if the counts differ, a prior is outside [0, 1], the priors of one kind miss
  ///          1 by more than 1e-6, or an old prior is 0 where the new one is not
  prior_correction(std::span<const double> old_priors, std::span<const double> new_priors)
  {
    detail::ensure_priors(old_priors, old_priors.size(), "old");
    detail::ensure_priors(new_priors, old_priors.size(), "new");
    for (std::size_t k = 0; k < old_priors.size(); ++k) {
      factors_.push_back(new_priors[k] == 0 ? 0 : new_priors[k] / old_priors[k]);
      if (!std::isfinite(factors_.back()))
        throw error{error_code::does_not_fit, "prior correction: the old prior of finding " + std::to_string(k) +
                                                " is 0 and the new one " + std::to_string(new_priors[k]) +
                                                ", expected an old one above 0; what was never seen cannot be "
                                                "weighed"};
    }
  }

  /// new/old of each finding
  [[nodiscard]] const std::vector<double>& factors() const { return factors_; }

  /// returns:  p_k · new_k / old_k, divided by their sum
  /// throws:   error{does_not_fit} if the counts differ, a probability is negative or not finite, or all are 0
  ///           where the correction is not
  /// see:      Saerens, Latinne, Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori
  ///           probabilities"
  [[nodiscard]] std::vector<double> operator()(std::span<const float> probabilities) const
  {
    if (probabilities.size() != factors_.size())
      throw error{error_code::does_not_fit, "prior correction: " + std::to_string(probabilities.size()) +
                                              " probabilities, expected " + std::to_string(factors_.size())};
    std::vector<double> corrected;
    double sum = 0;
    for (std::size_t k = 0; k < factors_.size(); ++k) {
      const double probability = static_cast<double>(probabilities[k]);
      if (!std::isfinite(probability) || probability < 0)
        throw error{error_code::does_not_fit, "prior correction: a probability is " + std::to_string(probability) +
                                                ", expected 0 to 1; are these logits?"};
      corrected.push_back(probability * factors_[k]);
      sum += corrected.back();
    }
    if (!(sum > 0))
      throw error{error_code::does_not_fit, "prior correction: every finding with a probability has the new prior "
                                            "0, expected one that is left; give it a small prior"};
    for (double& each : corrected) each /= sum;
    return corrected;
  }

private:
  std::vector<double> factors_;
};

/// returns:  the share of each finding among the labels of the films measured
/// throws:   as ensure_sound; error{does_not_fit} if no film is measured
inline std::vector<double> label_shares(const predictions& films)
{
  ensure_sound(films);
  std::vector<double> shares(films.findings.size());
  double n = 0;
  for (const prediction& film : films.rows) {
    if (!is_measured(film)) continue;
    ++shares[static_cast<std::size_t>(film.true_finding)];
    ++n;
  }
  if (n == 0)
    throw error{error_code::does_not_fit, "shares of labels: no film has one, expected at least one film"};
  for (double& share : shares) share /= n;
  return shares;
}

/// returns:  the films with corrected probabilities and, as the answer, the largest of them (of equals the
///           answer as it was, or else the first). Logits are dropped: they no longer belong. A film that was
///           rejected stays as it is.
/// throws:   as ensure_sound and as the correction, naming the film; error{does_not_fit} if findings do not
///           exclude each other
inline predictions corrected(predictions films, const prior_correction& correction)
{
  ensure_sound(films);
  if (!films.findings_exclude_each_other)
    throw error{error_code::does_not_fit, "prior correction: the findings do not exclude each other, expected "
                                          "probabilities that add up to 1"};
  for (prediction& film : films.rows) {
    if (film.rejected) continue;
    std::vector<double> exact;
    try {
      exact = correction(film.probabilities);
    }
    catch (const error& failure) {
      detail::refuse_film(failure.code(), film, failure.what());
    }
    for (std::size_t k = 0; k < exact.size(); ++k) {
      if (exact[k] > exact[static_cast<std::size_t>(film.predicted)]) film.predicted = static_cast<int>(k);
      film.probabilities[k] = static_cast<float>(exact[k]);
    }
    film.logits.clear();
  }
  return films;
}

}  // namespace thorax
