// SPDX-License-Identifier: MIT
//
// sample: a film as numbers with its label, and several of them side by side.

#pragma once

#include <thorax/tensor/tensor.hpp>  // tensor, batch

#include <cstddef>  // size_t
#include <vector>

namespace thorax {

/// One film as the network sees it.
struct sample {
  tensor pixels;
  int finding{};
  std::size_t index{};  ///< of the film in its dataset
};

/// Samples side by side, in order.
struct labeled_batch {
  batch pixels;
  std::vector<int> findings;
  std::vector<std::size_t> indices;
};

}  // namespace thorax
