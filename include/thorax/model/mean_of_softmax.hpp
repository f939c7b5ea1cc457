// SPDX-License-Identifier: MIT
//
// mean_of_softmax: what several networks say about one film together.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure

#include <cmath>    // exp, log, log1p
#include <cstddef>  // size_t
#include <span>
#include <vector>

namespace thorax {

/// An answer of several networks. The logits are logarithms of the probabilities, so that their softmax is these again.
struct mean_answer {
  std::vector<float> logits;
  std::vector<float> probabilities;
};

namespace detail {

/// log(exp(a) + exp(b)), without overflow and without a logarithm of 0
inline double log_of_sum(double a, double b)
{
  return a > b ? a + std::log1p(std::exp(b - a)) : b + std::log1p(std::exp(a - b));
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
  std::vector<double> sums(findings);  // logarithms of the sums of probabilities
  for (const std::vector<float>& each : logits) {
    ensure(each.size() == findings, "the mean of several networks: expected as many logits of each");
    double whole = double{each.front()};
    for (std::size_t f = 1; f < findings; ++f) whole = detail::log_of_sum(whole, double{each[f]});
    const bool is_first = &each == logits.data();
    for (std::size_t f = 0; f < findings; ++f)
      sums[f] = is_first ? double{each[f]} - whole : detail::log_of_sum(sums[f], double{each[f]} - whole);
  }
  mean_answer mean;
  for (const double sum : sums) {
    const double logarithm = sum - std::log(static_cast<double>(logits.size()));
    mean.logits.push_back(static_cast<float>(logarithm));
    mean.probabilities.push_back(static_cast<float>(std::exp(logarithm)));
  }
  return mean;
}

}  // namespace thorax
