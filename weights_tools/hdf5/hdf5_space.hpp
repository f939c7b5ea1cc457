// SPDX-License-Identifier: MIT
//
// hdf5_space: the addresses of an HDF5 file. Every byte is given out once, so whatever a file says, reading it
// takes work and memory in proportion to its size: no loop, no object met twice, no two things in one place.

#pragma once

#include "hdf5/hdf5_bytes.hpp"  // hdf5_context, hdf5_cursor

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace thorax::tools {

class hdf5_space {
public:
  /// `bytes` is the file from its base address to its end-of-file address; `base` is where that begins.
  hdf5_space(hdf5_context context, std::span<const std::byte> bytes, std::size_t base);
  hdf5_space(const hdf5_space&) = delete;  // cursors hold the address of its context
  hdf5_space& operator=(const hdf5_space&) = delete;
  ~hdf5_space() = default;

  [[nodiscard]] const hdf5_context& context() const { return context_; }

  /// From now on sentences name this object.
  void enter(const std::string& path) { context_.path = path; }

  /// returns:  the bytes at an address, to be read
  /// throws:   error{format_refused} if they do not lie in the file or any of them was given out before
  hdf5_cursor claim(std::uint64_t address, std::uint64_t size, std::string_view what);

  /// Compares the checksum of `size` claimed bytes with `stored`.
  ///
  /// throws:  error{format_refused}
  void expect_checksum(std::uint64_t address, std::uint64_t size, std::uint32_t stored,
                       std::string_view what) const;

  /// The claimed bytes once more, for checksums.
  [[nodiscard]] std::span<const std::byte> claimed(std::uint64_t address, std::uint64_t size) const;

  /// Where an address lies in the file, for sentences.
  [[nodiscard]] std::size_t place_of(std::uint64_t address) const;

  /// Counts memory for what is copied out of the file: texts, names and paths. Many references to one place
  /// could make that any multiple of the file.
  ///
  /// throws:  error{format_refused} if it is out of proportion to the file
  void charge(std::size_t bytes);

private:
  void mark(std::uint64_t begin, std::uint64_t end, std::string_view what);

  hdf5_context context_;
  std::span<const std::byte> bytes_;
  std::size_t base_;
  std::map<std::uint64_t, std::uint64_t> claimed_;  // end of each piece by its begin; neighbors are joined
  std::size_t budget_;
};

}  // namespace thorax::tools
