// SPDX-License-Identifier: MIT
//
// torch_file: the tensors that torch.save has written, without PyTorch and without executing anything.

#pragma once

#include "foreign_tensor.hpp"
#include "torch/zip_archive.hpp"

#include <cstddef>  // byte
#include <span>
#include <string>
#include <vector>

namespace thorax::tools {

/// returns:  whether the archive is of PyTorch 1.6 or later: it has one folder, with a data.pkl
bool is_torch_zip(const zip_archive& archive);

/// Reads what torch.save wrote since PyTorch 1.6. Dictionaries in dictionaries become names joined by '.'; what is no
/// tensor, and tensors in lists or under keys that are no texts (an optimizer's), are left out. Tensors are copied in
/// row-major order, whatever their strides, and as often as they are named. Numbers of 64 bits are rounded to float;
/// those of integers are not read.
///
/// returns:  the tensors in the order of the file
/// throws:   error{format_refused, limit_exceeded}; `name` begins every sentence
/// memory:   at most proportional to the archive's bytes, whatever they say
std::vector<foreign_tensor> read_torch_zip(const zip_archive& archive, const std::string& name);

/// returns:  whether the bytes begin as those that torch.save wrote before PyTorch 1.6
bool is_legacy_torch(std::span<const std::byte> file);

/// Reads what torch.save wrote before PyTorch 1.6, as `read_torch_zip` does.
std::vector<foreign_tensor> read_legacy_torch(std::span<const std::byte> file, const std::string& name);

}  // namespace thorax::tools
