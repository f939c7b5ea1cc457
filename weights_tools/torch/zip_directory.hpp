// SPDX-License-Identifier: MIT
//
// zip_directory: what the central directory of a ZIP file says about its members.

#pragma once

#include <cstddef>  // byte
#include <cstdint>  // uint16_t, uint32_t, uint64_t
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace thorax::tools {

/// One entry of the central directory (APPNOTE 4.3.12), its ZIP64 numbers filled in.
struct zip_entry {
  std::string name;
  std::uint16_t flags{};
  std::uint32_t checksum{};
  std::uint64_t bytes{};   ///< packed and unpacked: the member is stored
  std::uint64_t header{};  ///< where its local header should begin; not yet compared with the file
};

struct zip_directory {
  std::uint64_t begin{};  ///< in the file
  std::uint64_t end{};
  std::vector<zip_entry> entries;
};

/// Reads the directory of a ZIP file; `name` begins every sentence about it.
///
/// returns:  entries of stored members without encryption, whose names lead nowhere
/// throws:   error{format_refused}
/// memory:   at most proportional to the directory, whatever it says
zip_directory read_zip_directory(std::span<const std::byte> file, const std::string& name);

/// Takes the numbers of a ZIP64 extra field (APPNOTE 4.5.3). They stand there in this order, and only those whose
/// place in the header holds 0xffffffff.
///
/// returns:  false if one is missing
bool take_zip64(std::span<const std::byte> extra, std::initializer_list<std::uint64_t*> numbers);

}  // namespace thorax::tools
