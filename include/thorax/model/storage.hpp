// SPDX-License-Identifier: MIT
//
// storage: how the numbers of a tensor lie in a file, and their way to and from float.

#pragma once

#include <thorax/base/half.hpp>  // f16_bits, f16_value, bf16_bits, bf16_value

#include <array>
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint16_t
#include <cstring>  // memcpy
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace thorax {

/// The number formats of safetensors that fill whole bytes and are older than 8-bit floats.
enum class storage { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, boolean };

namespace detail {

struct storage_row {
  std::string_view name;
  std::size_t bytes;
};

inline constexpr std::array<storage_row, 13> storage_rows{{{"F64", 8},
                                                           {"F32", 4},
                                                           {"F16", 2},
                                                           {"BF16", 2},
                                                           {"I64", 8},
                                                           {"I32", 4},
                                                           {"I16", 2},
                                                           {"I8", 1},
                                                           {"U64", 8},
                                                           {"U32", 4},
                                                           {"U16", 2},
                                                           {"U8", 1},
                                                           {"BOOL", 1}}};

}  // namespace detail

/// returns:  the format's name in the file
constexpr std::string_view name_of(storage format)
{
  return detail::storage_rows[static_cast<std::size_t>(format)].name;
}

/// returns:  bytes per number
constexpr std::size_t bytes_of(storage format)
{
  return detail::storage_rows[static_cast<std::size_t>(format)].bytes;
}

/// returns:  the format of that name, if there is one
constexpr std::optional<storage> storage_named(std::string_view name)
{
  for (std::size_t i = 0; i < detail::storage_rows.size(); ++i)
    if (detail::storage_rows[i].name == name) return static_cast<storage>(i);
  return std::nullopt;
}

/// returns:  whether a network's weights may be stored so
constexpr bool holds_weights(storage format)
{
  return format == storage::f32 || format == storage::f16 || format == storage::bf16;
}

/// returns:  the nearest float, of two equally near ones the even one; infinity beyond the largest, as IEEE 754 rounds.
///           Written out, because C++ defines no such conversion out of float's range
constexpr float float_of(double number)
{
  constexpr float largest = std::numeric_limits<float>::max();
  constexpr double halfway = 0x1.ffffffp127;  // between the largest and 2^128, which is the even one
  const double size = number < 0 ? -number : number;
  if (!(size > largest)) return static_cast<float>(number);  // also what is not a number
  const float nearest = size < halfway ? largest : std::numeric_limits<float>::infinity();
  return number < 0 ? -nearest : nearest;
}

/// Converts packed numbers to float, those of F64 by float_of, all others exactly.
///
/// accepts:  F64 or a format that holds weights, numbers.size() * bytes_of(format) bytes at any alignment
inline void unpack(storage format, std::span<const std::byte> packed, std::span<float> numbers)
{
  if (format == storage::f32) {
    if (!numbers.empty()) std::memcpy(numbers.data(), packed.data(), packed.size());
    return;
  }
  const std::byte* next = packed.data();
  if (format == storage::f64) {
    for (float& number : numbers) {
      double wide;
      std::memcpy(&wide, next, sizeof wide);
      number = float_of(wide);
      next += sizeof wide;
    }
    return;
  }
  for (float& number : numbers) {
    std::uint16_t bits;
    std::memcpy(&bits, next, sizeof bits);
    number = format == storage::f16 ? f16_value(bits) : bf16_value(bits);
    next += sizeof bits;
  }
}

/// Converts float to packed numbers, each to the nearest that the format has.
///
/// accepts:  a format that holds weights, numbers.size() * bytes_of(format) bytes at any alignment
inline void pack(std::span<const float> numbers, storage format, std::span<std::byte> packed)
{
  if (format == storage::f32) {
    if (!numbers.empty()) std::memcpy(packed.data(), numbers.data(), packed.size());
    return;
  }
  std::byte* next = packed.data();
  for (const float number : numbers) {
    const std::uint16_t bits = format == storage::f16 ? f16_bits(number) : bf16_bits(number);
    std::memcpy(next, &bits, sizeof bits);
    next += sizeof bits;
  }
}

}  // namespace thorax
