// SPDX-License-Identifier: MIT
//
// torch_names: what checkpoints of PyTorch call a DenseNet's tensors, brought to timm's names.

#pragma once

#include "foreign_tensor.hpp"
#include "weight_source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

/// returns:  the key with `denselayer1.norm.1.weight`, as files before 2018 have it, written `denselayer1.norm1.weight`
/// see:      torchvision's densenet.py, which rewrites the same keys when it loads its own files
std::string without_old_dots(std::string_view key);

/// Finds the network among the keys of a checkpoint and takes away what stands before its names: `module.`,
/// `state_dict.`, `model.` and whatever else. Where no features are, a head alone is looked for: `classifier.…`, or a
/// `Sequential` whose keys begin with a number.
///
/// throws:  error{does_not_fit} if there is neither, if there are several networks and `prefix` does not say which, or
///          if a tensor's numbers cannot be read
void take_torch_tensors(std::vector<foreign_tensor> tensors, const std::optional<std::string>& prefix,
                        weight_source& source);

/// Brings a head that is a `Sequential`, whose modules are numbers (classifier.0.weight), to the names of `structure`:
/// its norms and its linear layers in their order. Heads with names of their own stay as they are.
void name_numbered_head(const plan_view& structure, weight_source& source);

}  // namespace thorax::tools
