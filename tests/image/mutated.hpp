// SPDX-License-Identifier: MIT
//
// mutated: a file cut or damaged on purpose. Whatever is done to it, decoding must end in a picture or in an
// error of the library; run under sanitizers this also finds reads and writes outside of memory.

#pragma once

#include <thorax/base/error.hpp>
#include <thorax/base/random.hpp>
#include <thorax/image/read.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// returns:  the picture, or nothing if the bytes were refused as they should be
inline std::optional<thorax::image> decoded(std::span<const std::byte> bytes)
{
  try {
    // A damaged header may ask for much; small limits keep thousands of trials quick.
    return thorax::decode_image(bytes, "damaged", {.side = 2'000, .pixels = 1'000'000});
  }
  catch (const thorax::error&) {
    return std::nullopt;
  }
}

/// returns:  how many of the beginnings of `bytes` (all shorter than the whole) were accepted
inline int accepted_beginnings(std::span<const std::byte> bytes)
{
  int accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of exactly this size, so that a sanitizer sees a read past its end.
    const std::vector<std::byte> beginning(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    if (decoded(beginning)) ++accepted;
  }
  return accepted;
}

/// Decodes `trials` copies of `bytes`, each with one to four bits flipped, and calls `look` with what came out.
template<class Look>
void decode_flipped(std::span<const std::byte> bytes, std::uint64_t seed, int trials, Look&& look)
{
  for (int trial = 0; trial < trials; ++trial) {
    const thorax::random_stream draws = thorax::random_stream{seed} / static_cast<std::uint64_t>(trial);
    std::vector<std::byte> damaged(bytes.begin(), bytes.end());
    for (std::uint64_t flip = 0; flip <= draws.below(0, 4); ++flip) {
      const auto bit = static_cast<int>(draws.below(2 * flip + 2, 8));
      damaged[draws.below(2 * flip + 1, damaged.size())] ^= std::byte{1} << bit;
    }
    look(decoded(damaged));
  }
}
