// SPDX-License-Identifier: MIT
//
// checksum: CRC-32C for files of our own, CRC-32 for those of others. Either finds every error within 32
// consecutive bits and so every damaged byte.

#pragma once

#include <array>
#include <bit>      // endian
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint32_t
#include <cstring>  // memcpy
#include <span>

namespace thorax {

namespace detail {

using crc_tables = std::array<std::array<std::uint32_t, 256>, 8>;

/// accepts:  the polynomial's coefficients, lowest bit first
/// returns:  [k][b], what byte b followed by k zero bytes makes of the state
consteval crc_tables make_crc_tables(std::uint32_t polynomial)
{
  crc_tables tables{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t state = b;
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ ((state & 1U) != 0 ? polynomial : 0U);
    tables[0][b] = state;
  }
  for (std::size_t k = 1; k < tables.size(); ++k)
    for (std::size_t b = 0; b < 256; ++b)
      tables[k][b] = (tables[k - 1][b] >> 8) ^ tables[0][tables[k - 1][b] & 0xffU];
  return tables;
}

template<std::uint32_t Polynomial>
std::uint32_t crc_by_tables(std::uint32_t state, std::span<const std::byte> bytes)
{
  static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");
  static constexpr crc_tables tables = make_crc_tables(Polynomial);
  const std::byte* next = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, next += 8) {
    std::uint64_t word;
    std::memcpy(&word, next, 8);
    word ^= state;
    state = 0;
    for (std::size_t k = 0; k < 8; ++k) state ^= tables[7 - k][(word >> (8 * k)) & 0xffU];
  }
  for (; left > 0; --left, ++next)
    state = (state >> 8) ^ tables[0][(state ^ std::to_integer<std::uint32_t>(*next)) & 0xffU];
  return state;
}

inline std::uint32_t crc32c_by_tables(std::uint32_t state, std::span<const std::byte> bytes)
{
  return crc_by_tables<0x82f63b78U>(state, bytes);  // Castagnoli's polynomial
}

#if defined(__x86_64__)
/// The same by the processor's own instruction, whatever the flags of the translation unit.
__attribute__((target("sse4.2"))) inline std::uint32_t crc32c_by_instruction(std::uint32_t state,
                                                                             std::span<const std::byte> bytes)
{
  const std::byte* next = bytes.data();
  std::size_t left = bytes.size();
  unsigned long long wide = state;
  for (; left >= 8; left -= 8, next += 8) {
    unsigned long long word;
    std::memcpy(&word, next, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  state = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left, ++next) state = __builtin_ia32_crc32qi(state, std::to_integer<std::uint8_t>(*next));
  return state;
}

inline bool has_crc32c_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }
#else
inline constexpr auto crc32c_by_instruction = crc32c_by_tables;

constexpr bool has_crc32c_instruction() { return false; }
#endif

}  // namespace detail

/// The cyclic redundancy check of RFC 3720 (iSCSI), appendix B.4.
///
/// accepts:  `before`, the checksum of what stands in front: crc32c(b, crc32c(a)) is that of a followed by b
/// returns:  the checksum of `bytes`
/// cost:     memory speed with the instruction (x86-64 since 2008), about a byte a cycle without
inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0)
{
  return ~(detail::has_crc32c_instruction() ? detail::crc32c_by_instruction(~before, bytes)
                                            : detail::crc32c_by_tables(~before, bytes));
}

/// The cyclic redundancy check of ZIP and PNG (APPNOTE 4.4.7, ISO 3309).
///
/// returns:  the checksum of `bytes`
/// cost:     about a byte a cycle
inline std::uint32_t crc32(std::span<const std::byte> bytes)
{
  return ~detail::crc_by_tables<0xedb88320U>(~0U, bytes);
}

}  // namespace thorax
