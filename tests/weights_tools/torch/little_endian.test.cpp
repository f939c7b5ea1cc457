// SPDX-License-Identifier: MIT

#include "torch/little_endian.hpp"

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <span>

TEST_CASE("numbers are read lowest byte first, at any alignment", "[weights_tools]")
{
  constexpr std::array<unsigned char, 9> numbers{0xff, 1, 2, 3, 4, 5, 6, 7, 0x88};
  const auto bytes = std::as_bytes(std::span{numbers});
  using thorax::tools::little_endian;
  CHECK(little_endian<std::uint8_t>(bytes, 0) == 0xff);
  CHECK(little_endian<std::uint16_t>(bytes, 1) == 0x0201);
  CHECK(little_endian<std::uint32_t>(bytes, 1) == 0x04030201U);
  CHECK(little_endian<std::int64_t>(bytes, 1) == -0x77f8f9fafbfcfdffLL);
}
