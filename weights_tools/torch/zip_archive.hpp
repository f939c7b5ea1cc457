// SPDX-License-Identifier: MIT
//
// zip_archive: the members of a ZIP file that is already in memory. They must be stored, not compressed, as
// PyTorch and Keras write them, so that reading one is looking at it.

#pragma once

#include <cstddef>     // byte, size_t
#include <functional>  // less
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

/// A ZIP file as the APPNOTE of PKWARE (version 6.3) describes it, ZIP64 included. Its central directory decides;
/// what stands in front of the members must agree with it.
class zip_archive {
public:
  struct member {
    std::string name;
    std::span<const std::byte> bytes;  ///< in the file
  };

  /// Reads all headers and checks every member's CRC-32. `name` begins every sentence about the file, whose bytes
  /// must outlive the archive.
  ///
  /// throws:   error{format_refused} for what is no ZIP file, has several disks, or has a member that is compressed,
  ///           encrypted, there twice, laid over another, or named like a path outside; error{checksum_differs}
  /// cost:     one pass over the bytes; memory proportional to the central directory
  explicit zip_archive(std::span<const std::byte> file, std::string name);

  /// In the order of the central directory.
  [[nodiscard]] const std::vector<member>& members() const { return members_; }

  /// returns:  the member of that name, or nullptr
  [[nodiscard]] const member* find(std::string_view name) const;

  /// returns:  whether the bytes begin as a ZIP file does
  [[nodiscard]] static bool looks_like(std::span<const std::byte> file);

private:
  std::vector<member> members_;
  std::map<std::string, std::size_t, std::less<>> places_;  // in members_
};

}  // namespace thorax::tools
