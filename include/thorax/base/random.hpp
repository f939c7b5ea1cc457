// SPDX-License-Identifier: MIT
//
// random: numbers that are a pure function of (key, index). Nothing is drawn "in order", so any thread
// may compute any number, and a resumed run meets the same ones.

#pragma once

#include <cmath>    // log, sqrt, cos
#include <cstdint>  // uint64_t

namespace thorax {

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits in which every input bit
/// changes every output bit with probability near one half.
constexpr std::uint64_t mixed(std::uint64_t bits)
{
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

/// A stream of random numbers addressed by index. Written down in docs/explanation/random_numbers.md.
class random_stream {
public:
  constexpr explicit random_stream(std::uint64_t seed) : key_{mixed(seed + golden)} {}

  /// A stream of its own for `name`: an epoch, a film, a layer.
  [[nodiscard]] constexpr random_stream operator/(std::uint64_t name) const
  {
    random_stream child{*this};
    child.key_ = mixed(key_ ^ mixed(name + 2 * golden));  // so that a / b is not b / a
    return child;
  }

  /// returns:  64 random bits for `index`
  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t index) const
  {
    return mixed(key_ + (index + 1) * golden);
  }

  /// returns:  a multiple of 2^-53 in [0, 1)
  [[nodiscard]] constexpr double uniform(std::uint64_t index) const
  {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }

  /// returns:  uniform in [low, high)
  [[nodiscard]] constexpr double uniform(std::uint64_t index, double low, double high) const
  {
    return low + (high - low) * uniform(index);
  }

  /// returns:  an integer in [0, count); the bias is below count / 2^53
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t index, std::uint64_t count) const
  {
    return static_cast<std::uint64_t>(uniform(index) * static_cast<double>(count));
  }

  /// returns:  standard normal, by Box and Muller from uniforms 2·index and 2·index + 1
  [[nodiscard]] double normal(std::uint64_t index) const
  {
    constexpr double two_pi = 6.283185307179586;
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(2 * index)));
    return radius * std::cos(two_pi * uniform(2 * index + 1));
  }

private:
  static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;  // 2^64 / golden ratio

  std::uint64_t key_;
};

}  // namespace thorax
