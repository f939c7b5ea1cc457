// SPDX-License-Identifier: MIT
//
// half: numbers stored in 16 bits, and back. Storage only; nothing is ever computed in them.

#pragma once

#include <bit>      // bit_cast
#include <cstdint>  // uint16_t, uint32_t

namespace thorax {

/// returns:  the value of an IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits; exact
constexpr float f16_value(std::uint16_t bits)
{
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = bits & 0x7c00U;
  const std::uint32_t magnitude = bits & 0x7fffU;
  // A subnormal is a whole number of 2^-24, which a float holds as a normal number.
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24F);
  const std::uint32_t bias = exponent == 0x7c00U ? 0x70000000U : 0x38000000U;  // 255 - 31, 127 - 15
  const std::uint32_t normal = (magnitude << 13) + bias;
  return std::bit_cast<float>(sign | (exponent == 0 ? subnormal : normal));
}

/// returns:  the nearest binary16, ties to even; infinity from 65520 on; a NaN stays one and becomes quiet
constexpr std::uint16_t f16_bits(float value)
{
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  std::uint32_t half{};
  if (magnitude > 0x7f800000U) half = 0x7e00U | ((magnitude >> 13) & 0x3ffU);
  else if (magnitude >= 0x477ff000U) half = 0x7c00U;  // 65520, halfway between the largest and 65536
  else if (magnitude >= 0x38800000U) half = (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13) & 1U)) >> 13;
  else if (magnitude >= 0x33000000U) {  // 2^-25: at least half of the smallest
    const std::uint32_t fraction = (magnitude & 0x7fffffU) | 0x800000U;
    const std::uint32_t shift = 126U - (magnitude >> 23);  // 14 to 24: a whole number of 2^-24 remains
    const std::uint32_t odd = (fraction >> shift) & 1U;
    half = (fraction + (1U << (shift - 1)) - 1U + odd) >> shift;
  }
  return static_cast<std::uint16_t>(sign | half);
}

/// returns:  the value of a bfloat16, the upper half of a float; exact
constexpr float bf16_value(std::uint16_t bits)
{
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// returns:  the nearest bfloat16, ties to even; a NaN stays one and becomes quiet
constexpr std::uint16_t bf16_bits(float value)
{
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const bool is_nan = (bits & 0x7fffffffU) > 0x7f800000U;
  const std::uint32_t rounded = is_nan ? bits | 0x400000U : bits + 0x7fffU + ((bits >> 16) & 1U);
  return static_cast<std::uint16_t>(rounded >> 16);
}

}  // namespace thorax
