// SPDX-License-Identifier: MIT
//
// file_checksum: a safetensors file that notices damage. Its metadata carries the checksum of all its bytes,
// the digits of the checksum itself counted as zeros.

#pragma once

#include <thorax/base/checksum.hpp>             // crc32c
#include <thorax/base/error.hpp>                // error
#include <thorax/model/safetensors.hpp>         // safetensors_file
#include <thorax/model/safetensors_header.hpp>  // metadata_value
#include <thorax/model/safetensors_writer.hpp>  // encode_safetensors

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint32_t
#include <cstring>  // memcpy
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// The metadata key whose value is the checksum: CRC-32C as eight lower-case hexadecimal digits.
inline constexpr std::string_view checksum_key = "thorax.checksum";

/// Metadata keys that begin so are this library's own.
inline constexpr std::string_view own_prefix = "thorax.";

namespace detail {

inline constexpr std::string_view zero_digits = "00000000";

inline std::string hexadecimal(std::uint32_t number)
{
  std::string digits{zero_digits};
  for (std::size_t i = digits.size(); i-- > 0; number >>= 4) digits[i] = "0123456789abcdef"[number & 0xfU];
  return digits;
}

/// returns:  the digits that the file should carry at `place`
inline std::string checksum_digits(std::span<const std::byte> file, std::size_t place)
{
  const auto zeros = std::as_bytes(std::span{zero_digits});
  const std::uint32_t before = crc32c(zeros, crc32c(file.first(place)));
  return hexadecimal(crc32c(file.subspan(place + zeros.size()), before));
}

}  // namespace detail

/// Compares a file with the checksum it carries. Every changed byte is found with certainty, and so is any
/// change within 32 consecutive bits; wider damage escapes once in 2^32.
///
/// returns:  false if it carries none and no other metadata of this library: it comes from elsewhere
/// throws:   error{checksum_differs}; error{format_refused} if this library's metadata lacks a checksum
inline bool verify_checksum(const safetensors_file& file)
{
  const auto entry = file.metadata().find(checksum_key);
  if (entry == file.metadata().end()) {
    // A damaged key must not turn the file into one that never had a checksum.
    const auto own = file.metadata().lower_bound(own_prefix);
    if (own == file.metadata().end() || !own->first.starts_with(own_prefix)) return false;
    throw error{error_code::format_refused, file.name() + ": expected the metadata 'thorax.checksum' beside " +
                                              shown(own->first) + ", found none; fetch or export the file again"};
  }
  const auto& [found, place] = entry->second;
  const bool has_digits = found.size() == detail::zero_digits.size() &&
                          std::memcmp(file.bytes().data() + place, found.data(), found.size()) == 0;
  const std::string right = has_digits ? detail::checksum_digits(file.bytes(), place) : "";
  file.set_aside(file.bytes());
  if (!has_digits || found != right)
    throw error{error_code::checksum_differs, file.name() + ": the file states the checksum " + shown(found) +
                                                (has_digits ? ", its bytes give '" + right + "'"
                                                            : std::string{", expected 8 digits"}) +
                                                "; the file is damaged or was changed by a program " +
                                                "that kept the old checksum: fetch or export it again"};
  return true;
}

/// returns:  the bytes of a safetensors file that carries its checksum
/// throws:   what encode_safetensors throws
inline std::vector<std::byte> encode_with_checksum(std::span<const named_tensor> tensors, metadata_texts metadata)
{
  metadata.insert_or_assign(std::string{checksum_key}, std::string{detail::zero_digits});
  std::vector<std::byte> file = encode_safetensors(tensors, metadata);
  const safetensors_header header = read_safetensors_header(file, "the file to be written");
  const std::size_t place = header.metadata.find(checksum_key)->second.position;
  const std::string digits = detail::checksum_digits(file, place);
  std::memcpy(file.data() + place, digits.data(), digits.size());
  return file;
}

}  // namespace thorax
