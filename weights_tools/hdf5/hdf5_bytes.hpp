// SPDX-License-Identifier: MIT
//
// hdf5_bytes: reads little-endian numbers out of a piece of an HDF5 file and never past its end.
//
// The hdf5_* files follow the "HDF5 File Format Specification", versions 2.0 to 4.0; chapters are named where
// their facts are used.

#pragma once

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace thorax::tools {

/// What every part of the reader has to know: how sentences begin and how wide the file's addresses are.
struct hdf5_context {
  std::string name;             ///< of the file, as sentences give it
  std::string path;             ///< of the object being read; empty for the root group
  std::size_t offset_bytes{8};  ///< "size of offsets" of the superblock
  std::size_t length_bytes{8};  ///< "size of lengths" of the superblock

  /// throws:  error{format_refused}: `what` at a byte of the file is not as the format promises
  [[noreturn]] void damaged(std::string_view what, std::size_t at, const std::string& problem) const;

  /// throws:  error{format_refused}: the file is sound, but holds what is not read; the problem names a cure
  [[noreturn]] void unsupported(const std::string& problem) const;
};

/// A piece of the file and a place in it.
class hdf5_cursor {
public:
  /// `what` names the piece in sentences and is a literal; `at` is where it begins in the file.
  hdf5_cursor(const hdf5_context& context, std::string_view what, std::span<const std::byte> bytes, std::size_t at)
    : context_{&context}, what_{what}, bytes_{bytes}, at_{at}
  {
  }

  /// returns:  the next `bytes` bytes as a whole number; at most 8
  std::uint64_t number(std::size_t bytes);
  std::uint32_t u8() { return static_cast<std::uint32_t>(number(1)); }
  std::uint32_t u16() { return static_cast<std::uint32_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t length() { return number(context_->length_bytes); }

  /// returns:  the next address; nothing if it is the undefined address, all of whose bits are one
  std::optional<std::uint64_t> address();

  /// returns:  the next address
  /// throws:   error{format_refused} if it is undefined
  std::uint64_t defined_address(std::string_view of);

  /// returns:  the next bytes
  std::span<const std::byte> take(std::uint64_t bytes);

  /// returns:  the next bytes as a piece of their own
  hdf5_cursor piece(std::uint64_t bytes, std::string_view what);

  void skip(std::uint64_t bytes) { take(bytes); }
  void expect_signature(std::string_view signature);
  void expect_version(std::uint32_t version);

  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] const hdf5_context& context() const { return *context_; }
  [[noreturn]] void refuse(const std::string& problem) const { context_->damaged(what_, at_, problem); }

private:
  const hdf5_context* context_;
  std::string_view what_;
  std::span<const std::byte> bytes_;
  std::size_t at_;
  std::size_t position_{};
};

/// returns:  the bytes as text
inline std::string_view text_of(std::span<const std::byte> bytes)
{
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// returns:  a * b; nothing if it does not fit 64 bits
constexpr std::optional<std::uint64_t> checked_product(std::uint64_t a, std::uint64_t b)
{
  if (b != 0 && a > UINT64_MAX / b) return std::nullopt;
  return a * b;
}

}  // namespace thorax::tools
