// SPDX-License-Identifier: MIT
//
// hdf5_writer: groups, texts and tensors become an HDF5 file, by libhdf5.

#pragma once

#include <cstddef>  // byte, size_t
#include <memory>   // unique_ptr
#include <span>
#include <string>
#include <vector>

namespace thorax::tools {

/// Grows in memory; nothing is on disk until somebody writes the bytes. The same calls give the same bytes.
///
/// throws:  each function error{file_unwritable} if libhdf5 refuses, which only a lack of memory should cause
class hdf5_writer {
public:
  hdf5_writer();
  hdf5_writer(const hdf5_writer&) = delete;
  hdf5_writer& operator=(const hdf5_writer&) = delete;
  ~hdf5_writer();

  /// Makes a group, and those above it that are missing.
  void add_group(const std::string& path);

  /// Gives a group ("/" is the root) an attribute of texts, padded to the longest as h5py does.
  void add_texts(const std::string& path, const std::string& name, const std::vector<std::string>& texts);
  void add_text(const std::string& path, const std::string& name, const std::string& text);

  /// Makes a contiguous dataset of 32-bit floats, little-endian.
  void add_floats(const std::string& path, const std::vector<std::size_t>& shape, std::span<const float> numbers);

  /// returns:  the whole file
  [[nodiscard]] std::vector<std::byte> bytes() const;

private:
  struct open_file;
  std::unique_ptr<open_file> open_;
};

}  // namespace thorax::tools
