// SPDX-License-Identifier: MIT
//
// torch_tensors: from the values of a pickle and the storages beside it to tensors with names.

#pragma once

#include "foreign_tensor.hpp"
#include "torch/pickle.hpp"
#include "torch/torch_storage.hpp"

#include <cstddef>  // size_t
#include <string>
#include <vector>

namespace thorax::tools {

/// Flattens a dictionary of tensors and dictionaries.
///
/// accepts:  storages that have their declared bytes; how many bytes the whole file has
/// returns:  its tensors, decoded
/// throws:   error{format_refused} for a tensor that leaves its storage, two of one name, …; error{limit_exceeded}
///           for dictionaries that are deep or name each other again and again, and for more numbers than eight
///           times the file could hold
std::vector<foreign_tensor> flattened(const pickle& object, const torch_storages& storages, std::size_t file_bytes,
                                      const std::string& where);

}  // namespace thorax::tools
