// SPDX-License-Identifier: MIT
//
// damaged: a file cut or changed on purpose. Whatever is done to it, a reader ends with a result or with an error
// of the library; run under sanitizers this also finds reads outside of memory.

#pragma once

#include <thorax/base/error.hpp>
#include <thorax/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace thorax::tests {

/// returns:  whether `read` accepts the bytes; they lie in memory of exactly their size
template<class Read>
bool is_accepted(const std::string& bytes, Read&& read)
{
  std::vector<std::byte> exact(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) exact[i] = static_cast<std::byte>(bytes[i]);
  exact.shrink_to_fit();
  try {
    read(std::span<const std::byte>{exact});
    return true;
  }
  catch (const thorax::error&) {
    return false;
  }
}

/// returns:  how many of the beginnings of `bytes` (all shorter than the whole) are accepted
template<class Read>
int accepted_beginnings(const std::string& bytes, Read&& read)
{
  int accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    if (is_accepted(bytes.substr(0, size), read)) ++accepted;
  return accepted;
}

/// Reads a copy with one bit flipped, for each bit.
///
/// returns:  how many copies are accepted
template<class Read>
int accepted_flips(const std::string& bytes, Read&& read)
{
  int accepted = 0;
  std::string damaged = bytes;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    if (is_accepted(damaged, read)) ++accepted;
    damaged[bit / 8] = bytes[bit / 8];
  }
  return accepted;
}

/// Reads copies of which one to four bytes are any others.
template<class Read>
int accepted_changes(const std::string& bytes, std::uint64_t seed, int trials, Read&& read)
{
  int accepted = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const random_stream draws = random_stream{seed} / static_cast<std::uint64_t>(trial);
    std::string damaged = bytes;
    for (std::uint64_t change = 0; change <= draws.below(0, 4); ++change)
      damaged[draws.below(2 * change + 1, damaged.size())] = static_cast<char>(draws.below(2 * change + 2, 256));
    if (is_accepted(damaged, read)) ++accepted;
  }
  return accepted;
}

}  // namespace thorax::tests
