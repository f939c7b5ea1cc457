// SPDX-License-Identifier: MIT
//
// hdf5_file: the groups, datasets and texts of an HDF5 file, read strictly: the part of the format that Keras
// uses, as docs/decisions/0008-own-hdf5-reader.md says. Nothing outside the given bytes is ever opened.

#pragma once

#include "foreign_tensor.hpp"  // foreign_tensor, storage

#include <cstddef>     // byte, size_t
#include <functional>  // less
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

/// A group or a dataset.
struct hdf5_object {
  std::string path;  ///< "model_weights/conv1_conv/kernel:0"; "" for the root group
  bool is_group{};
  /// Attributes that are texts, by name; a single text is a list of one. Others are left out.
  std::map<std::string, std::vector<std::string>, std::less<>> texts;

  // of a dataset
  std::vector<std::size_t> shape;
  std::string refusal;                ///< empty, or why its numbers cannot be read: a clause
  storage format{storage::f32};       ///< f64, f32, f16 or bf16
  bool big_endian{};
  std::span<const std::byte> bytes;   ///< its numbers in the file, at any alignment; empty if they are refused
};

class hdf5_file {
public:
  /// Reads everything but the numbers. `file` must outlive the object; `name` begins every sentence about it.
  ///
  /// throws:   error{format_refused}, also for files that name paths: soft links, external links, external data
  /// memory:   at most proportional to the file, whatever it says; so is the time
  hdf5_file(std::span<const std::byte> file, std::string name);

  /// returns:  whether the signature of HDF5 stands in one of its places
  static bool looks_like(std::span<const std::byte> file);

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Everything in the file, depth first, the members of a group in the order of their names, byte by byte.
  [[nodiscard]] const std::vector<hdf5_object>& objects() const { return objects_; }

  /// returns:  the object of that path, or nullptr
  [[nodiscard]] const hdf5_object* find(std::string_view path) const;

  /// returns:  a dataset's numbers as float; those of 64 bits are rounded to the nearest
  /// throws:   error{does_not_fit} with name, path and reason if it is a group or its numbers cannot be read
  [[nodiscard]] foreign_tensor tensor(const hdf5_object& dataset) const;

private:
  std::string name_;
  std::vector<hdf5_object> objects_;
  std::vector<std::size_t> by_path_;  // indices of objects, sorted
};

}  // namespace thorax::tools
