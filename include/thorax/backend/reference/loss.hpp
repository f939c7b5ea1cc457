// SPDX-License-Identifier: MIT
//
// loss: weighted cross-entropy of logits, reduced as Keras does: sum over the batch / samples.

#pragma once

#include <thorax/backend/reference/loops.hpp>  // given
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/base/ensure.hpp>              // ensure

#include <algorithm>  // max
#include <cmath>      // exp, log
#include <cstddef>    // size_t
#include <span>

namespace thorax {

struct reference_loss {
  /// l_n = −Σ over c of t_c · log p_c;  log p_c = z_c − m − log Σ over k of e^(z_k − m), m = largest z_k;
  /// t_c = (1 − label_smoothing)·[c is the finding] + label_smoothing / C
  /// returns Σ over n of weights[n] · l_n / N;  d_logits[n,c] += weights[n] / N · (p_c − t_c)
  ///
  /// accepts:  logits N×C×1×1, N findings in [0, C), N weights; d_logits.data may be null; `losses` is empty
  ///           or gets the N numbers l_n
  template<class Number>
  static double weighted_cross_entropy(const workers&, given<view<const Number>> logits,
                                       std::span<const int> findings, given<std::span<const Number>> weights,
                                       float label_smoothing, view<Number> d_logits,
                                       given<std::span<Number>> losses = {})
  {
    ensure_fits<Number>(logits, findings, weights, d_logits, losses);
    const int channels = logits.shape.channels;
    double total = 0;
    for (int n = 0; n < logits.samples; ++n) {
      const auto at = static_cast<std::size_t>(n);
      const double log_of_sum = log_sum<Number>(logits, n);
      const double share = double{weights[at]} / logits.samples;
      double loss = 0;
      for (int c = 0; c < channels; ++c) {
        const double smooth = double{label_smoothing} / channels;
        const double target = (c == findings[at] ? 1 - double{label_smoothing} : 0) + smooth;
        const double log_probability = double{logits(n, c, 0, 0)} - log_of_sum;
        if (target > 0) loss -= target * log_probability;
        if (d_logits.data != nullptr)
          d_logits(n, c, 0, 0) += static_cast<Number>(share * (std::exp(log_probability) - target));
      }
      if (!losses.empty()) losses[at] = static_cast<Number>(loss);
      total += share * loss;
    }
    return total;
  }

private:
  template<class Number>
  static double log_sum(const view<const Number>& logits, int n)
  {
    double largest = double{logits(n, 0, 0, 0)};
    for (int c = 1; c < logits.shape.channels; ++c) largest = std::max(largest, double{logits(n, c, 0, 0)});
    double sum = 0;
    for (int c = 0; c < logits.shape.channels; ++c) sum += std::exp(double{logits(n, c, 0, 0)} - largest);
    return largest + std::log(sum);
  }

  template<class Number>
  static void ensure_fits(const view<const Number>& logits, std::span<const int> findings,
                          std::span<const Number> weights, const view<Number>& d_logits,
                          std::span<const Number> losses)
  {
    const auto samples = static_cast<std::size_t>(logits.samples);
    ensure(logits.shape.pixels() == 1, "cross-entropy: the logits must be channels x 1 x 1");
    ensure(findings.size() == samples && weights.size() == samples && (losses.empty() || losses.size() == samples),
           "cross-entropy: there must be one finding and one weight for each sample");
    ensure(d_logits.data == nullptr || (d_logits.samples == logits.samples && d_logits.shape == logits.shape),
           "cross-entropy: the gradient must have the extents of the logits");
    for (const int finding : findings)
      ensure(finding >= 0 && finding < logits.shape.channels,
             "cross-entropy: a finding is not one of the channels");
  }
};

}  // namespace thorax
