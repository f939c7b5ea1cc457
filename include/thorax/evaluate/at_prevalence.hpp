// SPDX-License-Identifier: MIT
//
// at_prevalence: what a network's answers would be worth where findings are as common as somebody states.

#pragma once

#include <thorax/base/error.hpp>                  // error
#include <thorax/evaluate/confusion_matrix.hpp>   // confusion_matrix, confusion_of
#include <thorax/evaluate/metrics.hpp>            // loss_of_film
#include <thorax/evaluate/prior_correction.hpp>   // prior_correction, corrected
#include <thorax/evaluate/text_columns.hpp>       // fixed_digits, right_aligned

#include <cstddef>  // size_t
#include <optional>
#include <string>
#include <vector>

namespace thorax {

/// Measures of films that are weighted so that their labels have the stated shares.
struct weighted_measures {
  double accuracy{};
  double log_loss{};
  std::vector<double> recall{};                    ///< does not depend on the shares
  std::vector<std::optional<double>> precision{};  ///< nothing if the finding is never answered
};

/// The answers as they are, and after prior_correction.
struct at_prevalence {
  std::vector<std::string> findings;
  std::vector<double> learned;  ///< the shares that the probabilities are taken to be made for
  std::vector<double> stated;
  weighted_measures as_answered;
  weighted_measures corrected;
};

namespace detail {

/// A film counts as much as the stated share of its label over the number of films with that label.
inline weighted_measures weighted(const predictions& films, const std::vector<double>& stated)
{
  const confusion_matrix counts = confusion_of(films);
  const auto weight = [&](int label) {
    const double share = stated[static_cast<std::size_t>(label)];
    return share == 0 ? 0.0 : share / static_cast<double>(counts.support(label));
  };
  weighted_measures found;
  for (const prediction& film : films.rows)
    if (is_measured(film)) found.log_loss += weight(film.true_finding) * loss_of_film(film);
  for (int finding = 0; finding < counts.size(); ++finding) {
    double called = 0;
    for (int label = 0; label < counts.size(); ++label)
      called += weight(label) * static_cast<double>(counts(label, finding));
    const double right = weight(finding) * static_cast<double>(counts.correct(finding));
    found.accuracy += right;
    found.recall.push_back(counts.recall(finding));
    found.precision.push_back(called > 0 ? std::optional{right / called} : std::nullopt);
  }
  return found;
}

}  // namespace detail

/// What can be expected where films of each finding look as these do, and only their shares differ.
///
/// throws:  as corrected and prior_correction; error{does_not_fit} if a finding with a stated share has no film
/// see:     sample_weight of scikit-learn's measures
inline at_prevalence measures_at_prevalence(const predictions& films, const std::vector<double>& learned,
                                            const std::vector<double>& stated)
{
  const prior_correction correction{learned, stated};
  const predictions otherwise = corrected(films, correction);
  const std::vector<double> shares = label_shares(films);
  for (std::size_t k = 0; k < shares.size(); ++k)
    if (shares[k] == 0 && stated[k] > 0)
      throw error{error_code::does_not_fit, "measures at a prevalence: a share of " + fixed_digits(stated[k], 3) +
                                              " is stated for '" + films.findings[k] +
                                              "', expected 0 because no film measured is labelled so"};
  return {films.findings, learned, stated, detail::weighted(films, stated), detail::weighted(otherwise, stated)};
}

/// returns:  a table within 80 columns, findings a row; names of more than 20 letters make it wider
inline std::string prevalence_table(const at_prevalence& found)
{
  const auto share = [](double number) { return right_aligned(fixed_digits(number, 3), 8); };
  const auto worth = [](const weighted_measures& measures, std::size_t k) {
    const std::optional<double>& precision = measures.precision[k];
    return right_aligned(precision ? fixed_digits(*precision, 3) : "none", 11) +
           right_aligned(fixed_digits(measures.recall[k], 3), 8);
  };
  std::string text = right_aligned("as answered", 55) + right_aligned("corrected", 19) + '\n' +
                     right_aligned("learned", 28) + right_aligned("stated", 8) +
                     "  precision  recall  precision  recall\n";
  for (std::size_t k = 0; k < found.findings.size(); ++k)
    text += right_aligned(found.findings[k], 20) + share(found.learned[k]) + share(found.stated[k]) +
            worth(found.as_answered, k) + worth(found.corrected, k) + '\n';
  return text + "accuracy " + fixed_digits(found.as_answered.accuracy, 3) + ", corrected " +
         fixed_digits(found.corrected.accuracy, 3) + "; log loss " + fixed_digits(found.as_answered.log_loss, 3) +
         ", corrected " + fixed_digits(found.corrected.log_loss, 3) + '\n';
}

}  // namespace thorax
