// SPDX-License-Identifier: MIT
//
// torch_view: a tensor as PyTorch pickles it: a storage, an offset, sizes and strides.

#pragma once

#include "torch/pickle.hpp"
#include "torch/torch_storage.hpp"

#include <cstddef>  // size_t
#include <string>
#include <vector>

namespace thorax::tools {

/// Where a tensor's numbers lie in its storage. Every one of them lies within.
struct torch_view {
  const torch_storage* numbers{};
  std::size_t offset{};
  std::vector<std::size_t> shape;
  std::vector<std::size_t> strides;
  std::size_t count{};  ///< the product of the shape; may be any number, for a stride may be 0
};

/// Reads the arguments of a call in the pickle; `where` begins every sentence.
///
/// accepts:  the storages of this pickle, with their bytes
/// throws:   error{format_refused} for a tensor that would leave its storage, that is conjugated or negated, or whose
///           arguments are none of _rebuild_tensor_v2, _rebuild_tensor and _rebuild_parameter
torch_view read_torch_view(const pickle& object, const pickle_value& call, const torch_storages& storages,
                           const std::string& where);

/// returns:  the numbers in row-major order, those of 64 bits rounded to float; none for integers
std::vector<float> decoded(const torch_view& tensor);

/// returns:  how many numbers `decoded` gives
std::size_t decoded_count(const torch_view& tensor);

}  // namespace thorax::tools
