// SPDX-License-Identifier: MIT
//
// torch_cases: what a zip file of torch.save with this pickle and these storages becomes, or how it is refused.

#pragma once

#include "torch/torch_file.hpp"

#include "support/pickle_by_hand.hpp"
#include "support/refuses.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace thorax::tests::pickled {

using floats = std::vector<float>;
using sizes = std::vector<std::size_t>;

inline std::vector<tools::foreign_tensor> read_zip(std::span<const std::byte> bytes)
{
  return tools::read_torch_zip(tools::zip_archive{bytes, "'x'"}, "'x'");
}

/// returns:  the tensors of a zip file with this pickle and these storages
inline std::vector<tools::foreign_tensor> tensors_of(const std::string& opcodes,
                                                     const std::vector<std::string>& storages)
{
  return read_zip(bytes_in(torch_zip(opcodes, storages)));
}

inline bool is_torch_refused(const std::string& words, const std::string& opcodes,
                             const std::vector<std::string>& storages = {},
                             error_code code = error_code::format_refused)
{
  return refuses(code, words, [&] { tensors_of(opcodes, storages); });
}

/// returns:  whether a tensor 't' over a storage of 24 floats is refused
inline bool is_tensor_refused(const std::string& words, std::int64_t offset,
                              const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides)
{
  return is_torch_refused(words, dictionary({{"t", tensor(stored("0", 24), offset, shape, strides)}}),
                          {numbered_floats(24)});
}

/// returns:  a tensor of all numbers of a storage
inline std::string row(const std::string& numbers, std::int64_t count) { return tensor(numbers, 0, {count}, {1}); }

/// returns:  numbers of the widths that torch has, as they lie in a file
template<class Number>
std::string packed(const std::vector<Number>& numbers)
{
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

}  // namespace thorax::tests::pickled
