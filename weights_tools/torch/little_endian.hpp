// SPDX-License-Identifier: MIT
//
// little_endian: a number out of a file's bytes.

#pragma once

#include <bit>      // endian
#include <cstddef>  // byte, size_t
#include <cstring>  // memcpy
#include <span>

namespace thorax::tools {

/// accepts:  a place from which sizeof(Number) bytes follow
/// returns:  the number that stands there, lowest byte first
template<class Number>
Number little_endian(std::span<const std::byte> bytes, std::size_t place)
{
  static_assert(std::endian::native == std::endian::little, "numbers are read as they lie in memory");
  Number number;
  std::memcpy(&number, bytes.data() + place, sizeof number);
  return number;
}

}  // namespace thorax::tools
