// SPDX-License-Identifier: MIT
//
// hdf5_fractal_heap: where HDF5's newer groups keep many links, and objects many attributes (specification,
// chapter III.G). Its space of offsets is a table of blocks whose rows double in size.

#pragma once

#include "hdf5/hdf5_space.hpp"  // hdf5_space, hdf5_cursor

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace thorax::tools {

class hdf5_fractal_heap {
public:
  /// Reads all blocks of the heap; `what` names its objects in sentences and is a literal.
  ///
  /// throws:  error{format_refused}
  hdf5_fractal_heap(hdf5_space& space, std::uint64_t address, std::string_view what);

  /// Bytes of the numbers that stand for objects.
  [[nodiscard]] std::size_t id_bytes() const { return id_bytes_; }

  /// returns:  the object that the next `id_bytes()` bytes stand for
  /// throws:   error{format_refused}
  hdf5_cursor object(hdf5_cursor& id);

private:
  struct block {
    std::uint64_t begin;  // in the heap's own space of offsets
    std::uint64_t address;
    hdf5_cursor bytes;
  };
  struct huge_object {
    std::uint64_t address;
    std::uint64_t bytes;
  };

  void read_table(hdf5_cursor& head);
  void read_root(std::optional<std::uint64_t> root, std::uint32_t rows);
  void read_rows(std::uint64_t address, std::uint64_t begin, std::uint32_t rows);
  void read_child(hdf5_cursor& entries, std::uint64_t begin, std::uint32_t row);
  void read_block(std::uint64_t address, std::uint64_t begin, std::uint64_t bytes);
  void read_block_head(hdf5_cursor& cursor, std::string_view signature, std::uint64_t begin) const;
  void read_huge(std::uint64_t tree);
  [[nodiscard]] std::uint64_t bytes_in_row(std::uint32_t row) const;
  hdf5_cursor managed(hdf5_cursor id) const;
  hdf5_cursor huge(hdf5_cursor id);

  hdf5_space* space_;
  std::string_view what_;
  std::uint64_t address_;
  std::size_t id_bytes_{};
  bool has_block_checksums_{};
  std::uint64_t width_{};            // blocks in a row
  std::uint64_t first_bytes_{};      // of a block in the first two rows
  std::uint64_t most_direct_bytes_{};  // larger blocks hold rows themselves
  std::uint32_t space_bits_{};       // of the heap's own offsets
  std::size_t head_bytes_{};         // of a block
  std::size_t place_bytes_{};        // of an object's offset in its number
  std::size_t size_bytes_{};         // of an object's size in its number
  std::vector<block> blocks_;        // sorted by begin
  std::map<std::uint64_t, huge_object> huge_;
};

}  // namespace thorax::tools
