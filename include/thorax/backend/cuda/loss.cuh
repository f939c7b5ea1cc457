// SPDX-License-Identifier: MIT
//
// loss: what it returns is a number on the host, so the few logits of a batch go there and their gradient comes back.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>       // cuda_loss, cuda_memory
#include <thorax/backend/reference/loss.hpp>  // reference_loss

#include <cstddef>  // size_t
#include <span>
#include <vector>

namespace thorax {

double cuda_loss::weighted_cross_entropy(const workers& w, view<const float> logits, std::span<const int> findings,
                                         std::span<const float> weights, float label_smoothing, view<float> d_logits,
                                         std::span<float> losses)
{
  const std::size_t row = logits.shape.size();
  std::vector<float> said(row * static_cast<std::size_t>(logits.samples));
  std::vector<float> gradient(said.size());
  for (int n = 0; n < logits.samples; ++n) {
    const std::size_t first = row * static_cast<std::size_t>(n);
    cuda_memory::copy_out(logits.sample(n), row, said.data() + first);
    if (d_logits.data != nullptr) cuda_memory::copy_out(d_logits.sample(n), row, gradient.data() + first);
  }
  view<float> on_host = d_logits;
  if (d_logits.data != nullptr) on_host = view<float>::packed(gradient.data(), d_logits.samples, d_logits.shape);
  const double loss = reference_loss::weighted_cross_entropy<float>(
    w, view<const float>::packed(said.data(), logits.samples, logits.shape), findings, weights, label_smoothing,
    on_host, losses);
  if (d_logits.data != nullptr)
    for (int n = 0; n < logits.samples; ++n)
      cuda_memory::copy_in(gradient.data() + row * static_cast<std::size_t>(n), row, d_logits.sample(n));
  return loss;
}

}  // namespace thorax
