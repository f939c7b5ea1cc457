// SPDX-License-Identifier: MIT
//
// step_report: what one step of training tells of itself.

#pragma once

#include <thorax/tensor/view.hpp>  // view

#include <algorithm>  // max_element
#include <cstddef>    // size_t
#include <span>

namespace thorax {

/// What one step of training reports.
struct step_report {
  double loss{};    ///< sum of weight · loss over the batch, divided by the batch's size
  int correct{};    ///< films whose largest logit was their finding, under dropout and batch statistics
};

/// returns:  of how many samples the largest logit is the finding
inline int count_correct(const view<const float>& logits, std::span<const int> findings)
{
  int correct = 0;
  for (int n = 0; n < logits.samples; ++n) {
    const std::span<const float> row{logits.sample(n), logits.shape.size()};
    const auto best = std::max_element(row.begin(), row.end()) - row.begin();
    if (best == findings[static_cast<std::size_t>(n)]) ++correct;
  }
  return correct;
}

}  // namespace thorax
