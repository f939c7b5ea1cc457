// SPDX-License-Identifier: MIT
//
// mean_of_softmax: what several networks say about one film together.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure

#include <algorithm>  // max_element
#include <cmath>      // exp, log
#include <cstddef>    // size_t
#include <span>
#include <vector>

namespace thorax {

/// An answer of several networks. The logits are logarithms of the probabilities, so that their softmax is these again.
struct mean_answer {
  std::vector<float> logits;
  std::vector<float> probabilities;
};

namespace detail {

/// log(Σ exp(x)), without overflow and without a logarithm of 0
inline double log_sum_exp(std::span<const double> numbers)
{
  const double largest = *std::max_element(numbers.begin(), numbers.end());
  double sum = 0;
  for (const double each : numbers) sum += std::exp(each - largest);
  return largest + std::log(sum);
}

}  // namespace detail

/// probabilities[f] = mean over networks of softmax(logits)[f], in double.
///
/// accepts:  the logits of each network, in the same order of findings
/// throws:   error{does_not_fit} for no networks, no findings or different numbers of findings
inline mean_answer mean_of_softmax(std::span<const std::vector<float>> logits)
{
  ensure(!logits.empty() && !logits.front().empty(),
         "the mean of several networks: expected logits of at least one network and finding, found none");
  const std::size_t findings = logits.front().size();
  std::vector<std::vector<double>> by_finding(findings);  // logarithms of each network's probabilities
  for (const std::vector<float>& each : logits) {
    ensure(each.size() == findings, "the mean of several networks: expected as many logits of each");
    const std::vector<double> exact(each.begin(), each.end());
    const double whole = detail::log_sum_exp(exact);
    for (std::size_t f = 0; f < findings; ++f) by_finding[f].push_back(exact[f] - whole);
  }
  mean_answer mean;
  for (const std::vector<double>& said : by_finding) {
    const double logarithm = detail::log_sum_exp(said) - std::log(static_cast<double>(logits.size()));
    mean.logits.push_back(static_cast<float>(logarithm));
    mean.probabilities.push_back(static_cast<float>(std::exp(logarithm)));
  }
  return mean;
}

}  // namespace thorax
