// SPDX-License-Identifier: MIT
//
// foreign_file: a file with weights of any origin, recognized by what it contains.

#pragma once

#include "foreign_tensor.hpp"
#include "torch/zip_archive.hpp"

#include <thorax/base/file.hpp>  // mapped_file

#include <cstddef>  // byte
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

enum class foreign_kind {
  keras_hdf5,     ///< .h5, .weights.h5
  keras_archive,  ///< .keras: ZIP around an HDF5 file
  torch_archive,  ///< .pth, .pt since PyTorch 1.6
  torch_pickles,  ///< the same before
  safetensors     ///< of timm, torchvision, or this library
};

/// returns:  the kind in words
std::string_view name_of(foreign_kind kind);

class foreign_file {
public:
  /// throws:  error{file_unreadable}; error{format_refused} if it is of none of these kinds
  explicit foreign_file(const std::filesystem::path& path);

  /// A file that is in memory already; `bytes` must outlive it, `name` begins every sentence about it.
  static foreign_file from_bytes(std::span<const std::byte> bytes, std::string name);

  /// What sentences about this file begin with.
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] foreign_kind kind() const { return kind_; }

  /// The file; of a Keras archive the HDF5 file inside.
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  /// The model's configuration beside the HDF5 file of a Keras archive; else nothing.
  [[nodiscard]] std::string_view config() const { return config_; }

  /// Every tensor as the file has it, in the file's order; those that cannot be read with the reason.
  ///
  /// throws:  error{format_refused} and others of the kind's reader
  [[nodiscard]] std::vector<foreign_tensor> tensors() const;

private:
  foreign_file(std::optional<mapped_file> mapped, std::span<const std::byte> bytes, std::string name);
  void open_archive();

  std::optional<mapped_file> mapped_;
  std::string name_;
  foreign_kind kind_{};
  std::span<const std::byte> bytes_;
  std::optional<zip_archive> archive_;  ///< read once: opening it compares every checksum
  std::string_view config_;
};

}  // namespace thorax::tools
