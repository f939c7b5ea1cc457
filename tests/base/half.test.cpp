// SPDX-License-Identifier: MIT

#include <thorax/base/half.hpp>

#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

using thorax::bf16_bits;
using thorax::bf16_value;
using thorax::f16_bits;
using thorax::f16_value;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

float float_of(std::uint32_t bits) { return std::bit_cast<float>(bits); }

/// The value of a binary16 by its definition, in double.
double defined_value(std::uint16_t bits)
{
  const int exponent = (bits >> 10) & 0x1f;
  const double fraction = bits & 0x3ff;
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

bool is_nan_or_infinite(std::uint16_t bits) { return (bits & 0x7c00) == 0x7c00; }

}  // namespace

TEST_CASE("each of the 65,536 halves has the value its bits define, and comes back", "[base]")
{
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const float value = f16_value(bits);
    if (is_nan_or_infinite(bits)) {
      REQUIRE(std::isnan(value) == ((bits & 0x3ff) != 0));
      REQUIRE(std::signbit(value) == ((bits & 0x8000) != 0));
      REQUIRE(f16_bits(value) == (std::isnan(value) ? (bits | 0x200) : bits));  // a NaN becomes quiet
      continue;
    }
    REQUIRE(static_cast<double>(value) == defined_value(bits));
    REQUIRE(std::signbit(value) == ((bits & 0x8000) != 0));
    REQUIRE(f16_bits(value) == bits);
  }
}

TEST_CASE("between two neighboring halves the nearer is taken, and the even one in the middle", "[base]")
{
  for (std::uint32_t i = 0; i < 0x7bff; ++i) {
    const auto lower = static_cast<std::uint16_t>(i);
    const auto upper = static_cast<std::uint16_t>(i + 1);
    const float middle = (f16_value(lower) + f16_value(upper)) / 2;  // exact in float
    const std::uint16_t even = i % 2 == 0 ? lower : upper;
    REQUIRE(f16_bits(middle) == even);
    REQUIRE(f16_bits(std::nextafter(middle, 0.0F)) == lower);
    REQUIRE(f16_bits(std::nextafter(middle, infinity)) == upper);
    REQUIRE(f16_bits(-middle) == (even | 0x8000));
  }
}

TEST_CASE("halves overflow at 65520 and vanish at 2^-25", "[base]")
{
  CHECK(f16_bits(65504.0F) == 0x7bff);
  CHECK(f16_bits(std::nextafter(65520.0F, 0.0F)) == 0x7bff);
  CHECK(f16_bits(65520.0F) == 0x7c00);
  CHECK(f16_bits(-1e30F) == 0xfc00);
  CHECK(f16_bits(infinity) == 0x7c00);
  CHECK(f16_bits(0x1p-24F) == 0x0001);
  CHECK(f16_bits(0x1p-25F) == 0x0000);
  CHECK(f16_bits(std::nextafter(0x1p-25F, 1.0F)) == 0x0001);
  CHECK(f16_bits(-0.0F) == 0x8000);
  CHECK(f16_bits(std::numeric_limits<float>::denorm_min()) == 0x0000);
  CHECK(f16_bits(float_of(0x7f800001)) == 0x7e00);  // a NaN never becomes infinity
  CHECK(f16_bits(float_of(0xffffffff)) == 0xffff);
}

TEST_CASE("halves are constants where constants are needed", "[base]")
{
  STATIC_REQUIRE(f16_value(0x3c00) == 1.0F);
  STATIC_REQUIRE(f16_bits(-2.0F) == 0xc000);
  STATIC_REQUIRE(bf16_value(0x3f80) == 1.0F);
  STATIC_REQUIRE(bf16_bits(-2.0F) == 0xc000);
  CHECK(f16_value(0x3555) == 0.333251953125F);
}

TEST_CASE("each of the 65,536 bfloats is the upper half of a float, and comes back", "[base]")
{
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const float value = bf16_value(bits);
    REQUIRE(std::bit_cast<std::uint32_t>(value) == i << 16);
    REQUIRE(bf16_bits(value) == (std::isnan(value) ? (bits | 0x40) : bits));
  }
}

TEST_CASE("between two neighboring bfloats the nearer is taken, and the even one in the middle", "[base]")
{
  for (std::uint32_t i = 0; i < 0x7f80; ++i) {
    const float middle = float_of((i << 16) | 0x8000U);
    const auto lower = static_cast<std::uint16_t>(i);
    const auto upper = static_cast<std::uint16_t>(i + 1);
    REQUIRE(bf16_bits(middle) == (i % 2 == 0 ? lower : upper));
    REQUIRE(bf16_bits(float_of(((i << 16) | 0x8000U) - 1)) == lower);
    REQUIRE(bf16_bits(float_of(((i << 16) | 0x8000U) + 1)) == upper);
  }
  CHECK(bf16_bits(std::numeric_limits<float>::max()) == 0x7f80);
  CHECK(bf16_bits(float_of(0x7f800001)) == 0x7fc0);
  CHECK(bf16_bits(float_of(0xffffffff)) == 0xffff);
}

#if defined(__GNUC__) && !defined(__clang__) && defined(__SSE2__)
TEST_CASE("halves agree with the compiler's own", "[base]")
{
  // A step that is coprime to the powers of two visits all exponents and many fractions.
  for (std::uint64_t i = 0; i < (std::uint64_t{1} << 32); i += 65521) {
    const float value = float_of(static_cast<std::uint32_t>(i));
    const auto half = static_cast<_Float16>(value);
    std::uint16_t bits;
    std::memcpy(&bits, &half, sizeof bits);
    if (std::isnan(value)) REQUIRE(std::isnan(f16_value(f16_bits(value))));
    else REQUIRE(f16_bits(value) == bits);
  }
}
#endif
