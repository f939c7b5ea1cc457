// SPDX-License-Identifier: MIT
//
// hdf5_attribute: the texts that are attached to an object (specification, chapters IV.A.2.m and v).

#pragma once

#include "hdf5/hdf5_datatype.hpp"  // hdf5_datatype
#include "hdf5/hdf5_heap.hpp"      // hdf5_global_heaps
#include "hdf5/hdf5_space.hpp"     // hdf5_space, hdf5_cursor

#include <cstdint>     // uint64_t
#include <functional>  // less
#include <map>
#include <string>
#include <vector>

namespace thorax::tools {

/// The attributes that are texts, by name.
using hdf5_texts = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Reads attributes of one file.
class hdf5_attributes {
public:
  explicit hdf5_attributes(hdf5_space& space) : space_{&space}, heaps_{space} {}

  /// Adds an attribute's texts, or nothing if it is something else.
  ///
  /// throws:  error{format_refused}, also if there is one of that name
  void read(hdf5_cursor message, hdf5_texts& texts);

  /// Adds those that do not stand in the object header, which `info` leads to.
  ///
  /// throws:  error{format_refused}
  void read_dense(hdf5_cursor info, hdf5_texts& texts);

private:
  std::vector<std::string> read_texts(hdf5_cursor& data, const hdf5_datatype& type, std::uint64_t elements);
  std::string read_variable(hdf5_cursor& data);

  hdf5_space* space_;
  hdf5_global_heaps heaps_;
};

}  // namespace thorax::tools
