// SPDX-License-Identifier: MIT
//
// torch_storage: what a pickle of PyTorch says about the numbers beside it.

#pragma once

#include "torch/pickle.hpp"

#include <thorax/model/storage.hpp>  // storage

#include <cstddef>     // byte, size_t
#include <functional>  // less
#include <map>
#include <span>
#include <string>

namespace thorax::tools {

/// Numbers that tensors are views of.
struct torch_storage {
  storage format{storage::f32};
  std::size_t count{};               ///< how many numbers the pickle declares; their bytes fit 64 bits
  std::span<const std::byte> bytes;  ///< empty until the reader has found them

  [[nodiscard]] std::size_t declared_bytes() const { return count * bytes_of(format); }
};

/// By the key that pickle and file share.
using torch_storages = std::map<std::string, torch_storage, std::less<>>;

/// returns:  the storages that the pickle speaks of, still without bytes. Every reference of the pickle is to one: the
///           third item of the tuple that it names is a text, the key
/// throws:   error{format_refused} for one that is declared wrongly, or twice and differently
torch_storages declared_storages(const pickle& object, const std::string& where);

}  // namespace thorax::tools
