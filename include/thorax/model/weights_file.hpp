// SPDX-License-Identifier: MIT
//
// weights_file: the weights of a network with all that belongs to them, verified before anybody sees a number.

#pragma once

#include <thorax/base/file.hpp>                 // write_file
#include <thorax/model/file_checksum.hpp>       // verify_checksum, encode_with_checksum
#include <thorax/model/safetensors.hpp>         // safetensors_file
#include <thorax/model/safetensors_writer.hpp>  // named_tensor
#include <thorax/model/weights_metadata.hpp>    // weights_metadata

#include <cstddef>  // byte
#include <filesystem>
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// An open weights file. Files from elsewhere (timm's, for example) open too: they carry no checksum, and
/// metadata() then holds what is assumed of them.
class weights_file {
public:
  /// throws:  error{file_unreadable}; error{format_refused}; error{checksum_differs}
  /// cost:    reads the whole file once if it carries a checksum
  explicit weights_file(const std::filesystem::path& path) : weights_file{safetensors_file{path}} {}

  explicit weights_file(safetensors_file tensors)
    : tensors_{std::move(tensors)}, is_ours_{has_weights_metadata(tensors_)},
      has_checksum_{verify_checksum(tensors_)}, metadata_{read_weights_metadata(tensors_)}
  {
    if (has_checksum_ && !is_ours_)
      throw error{error_code::format_refused, tensors_.name() + ": expected the metadata 'thorax.format', found " +
                                                "none; it is a file of thorax, but none with a network's weights"};
  }

  /// Weights that are in memory already; `bytes` must outlive the file, `name` begins every sentence about it.
  static weights_file from_bytes(std::span<const std::byte> bytes, std::string name)
  {
    return weights_file{safetensors_file::from_bytes(bytes, std::move(name))};
  }

  /// The tensors by name.
  [[nodiscard]] const safetensors_file& tensors() const { return tensors_; }

  [[nodiscard]] const weights_metadata& metadata() const { return metadata_; }

  /// Whether the file carried a checksum, which then was right. A program that loads one without should say so.
  [[nodiscard]] bool has_checksum() const { return has_checksum_; }

private:
  safetensors_file tensors_;
  bool is_ours_;
  bool has_checksum_;
  weights_metadata metadata_;
};

/// returns:  the bytes of a weights file
/// throws:   what encode_safetensors throws; error{format_refused} if the metadata could not be read again
inline std::vector<std::byte> encode_weights(const weights_metadata& metadata,
                                             std::span<const named_tensor> tensors)
{
  std::vector<std::byte> file = encode_with_checksum(tensors, texts_of(metadata));
  read_weights_metadata(safetensors_file::from_bytes(file, "the weights to be written"));
  return file;
}

/// Writes a weights file as a whole or not at all.
///
/// throws:  what encode_weights throws; error{file_unwritable}
/// memory:  a second copy of the numbers while it writes
inline void write_weights(const std::filesystem::path& path, const weights_metadata& metadata,
                          std::span<const named_tensor> tensors)
{
  write_file(path, encode_weights(metadata, tensors));
}

}  // namespace thorax
