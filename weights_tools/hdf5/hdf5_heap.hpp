// SPDX-License-Identifier: MIT
//
// hdf5_heap: where HDF5 keeps what has no fixed length: names of a group's members in a local heap
// (specification, chapter III.D), texts in global heaps (chapter III.E).

#pragma once

#include "hdf5/hdf5_space.hpp"  // hdf5_space

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

/// The names of one group.
class hdf5_local_heap {
public:
  /// throws:  error{format_refused}
  hdf5_local_heap(hdf5_space& space, std::uint64_t address);

  /// returns:  the name that begins at `place`
  /// throws:   error{format_refused} if there is none or it has no end
  [[nodiscard]] std::string_view name(std::uint64_t place) const;

private:
  hdf5_cursor segment_;
  std::string_view text_;
};

/// All global heaps of a file, each read when it is first asked for.
class hdf5_global_heaps {
public:
  explicit hdf5_global_heaps(hdf5_space& space) : space_{&space} {}

  /// returns:  the bytes of an object
  /// throws:   error{format_refused} if there is none of that number
  std::span<const std::byte> object(std::uint64_t collection, std::uint32_t number);

private:
  struct entry {
    std::uint32_t number;
    std::span<const std::byte> bytes;
  };

  std::vector<entry> read(std::uint64_t collection);

  hdf5_space* space_;
  std::map<std::uint64_t, std::vector<entry>> collections_;  // by address; entries sorted by number
};

}  // namespace thorax::tools
