// SPDX-License-Identifier: MIT
//
// hdf5_superblock: where an HDF5 file begins and ends, how wide its addresses are, and where its root group is
// (specification, chapter II.A).

#pragma once

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <optional>
#include <span>
#include <string>

namespace thorax::tools {

struct hdf5_superblock {
  std::size_t base{};  ///< of all addresses: the length of a user block in front
  std::size_t end{};   ///< of the file, counted from its first byte
  std::size_t offset_bytes{};
  std::size_t length_bytes{};
  std::uint64_t root{};                    ///< address of the root group's object header
  std::optional<std::uint64_t> extension;  ///< address of the superblock's own object header
  std::size_t bytes{};                     ///< of the superblock itself
};

/// returns:  where the signature stands; nothing if this is no HDF5 file
std::optional<std::size_t> hdf5_signature_place(std::span<const std::byte> file);

/// returns:  the superblock; `base <= end <= file.size()`
/// throws:   error{format_refused}
hdf5_superblock read_hdf5_superblock(std::span<const std::byte> file, const std::string& name);

}  // namespace thorax::tools
