// SPDX-License-Identifier: MIT
//
// safetensors_by_hand: files that no honest program would write.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

/// returns:  a file that announces a header of `length` bytes, then has `header` and `payload_bytes` bytes 1, 2, 3…
inline std::vector<std::byte> safetensors_by_hand(std::string_view header, std::size_t payload_bytes,
                                                  std::uint64_t length)
{
  std::vector<std::byte> file(8 + header.size() + payload_bytes);
  std::memcpy(file.data(), &length, 8);
  if (!header.empty()) std::memcpy(file.data() + 8, header.data(), header.size());
  for (std::size_t i = 0; i < payload_bytes; ++i)
    file[8 + header.size() + i] = static_cast<std::byte>((i + 1) & 0xffU);
  return file;
}

inline std::vector<std::byte> safetensors_by_hand(std::string_view header, std::size_t payload_bytes = 0)
{
  return safetensors_by_hand(header, payload_bytes, header.size());
}
