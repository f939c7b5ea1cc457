// SPDX-License-Identifier: MIT
//
// The formula is that of "lookup3" on burtleburtle.net/bob/hash/doobs.html: three words take 12 bytes at a time.

#include "hdf5/hdf5_checksum.hpp"

#include <array>
#include <bit>      // rotl
#include <cstddef>  // size_t

namespace thorax::tools {

namespace {

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool compares_checksums = false;
#else
constexpr bool compares_checksums = true;
#endif

using three_words = std::array<std::uint32_t, 3>;

void add(three_words& words, std::span<const std::byte> bytes)
{
  for (std::size_t i = 0; i < bytes.size(); ++i)
    words[i / 4] += std::uint32_t{std::to_integer<std::uint8_t>(bytes[i])} << (8 * (i % 4));
}

// Between two blocks: each word in turn loses the one before it and gains the one after it.
void mix(three_words& words)
{
  std::size_t turn = 0;
  for (const int bits : {4, 6, 8, 16, 19, 4}) {
    std::uint32_t& before = words[(turn + 2) % 3];
    words[turn] = (words[turn] - before) ^ std::rotl(before, bits);
    before += words[(turn + 1) % 3];
    turn = (turn + 1) % 3;
  }
}

// After the last block.
void finish(three_words& words)
{
  std::size_t turn = 2;
  for (const int bits : {14, 11, 25, 16, 4, 14, 24}) {
    const std::uint32_t before = words[(turn + 2) % 3];
    words[turn] = (words[turn] ^ before) - std::rotl(before, bits);
    turn = (turn + 1) % 3;
  }
}

}  // namespace

std::uint32_t hdf5_checksum(std::span<const std::byte> bytes)
{
  constexpr std::size_t block = 12;
  const std::uint32_t start = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
  three_words words{start, start, start};
  for (; bytes.size() > block; bytes = bytes.subspan(block)) {
    add(words, bytes.first(block));
    mix(words);
  }
  if (bytes.empty()) return words[2];
  add(words, bytes);
  finish(words);
  return words[2];
}

bool is_hdf5_checksum(std::uint32_t stored, std::span<const std::byte> bytes)
{
  return !compares_checksums || hdf5_checksum(bytes) == stored;
}

}  // namespace thorax::tools
