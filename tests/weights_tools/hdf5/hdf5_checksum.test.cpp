// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_checksum.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using thorax::tools::hdf5_checksum;
using thorax::tools::is_hdf5_checksum;

namespace {

std::span<const std::byte> bytes_of_text(std::string_view text) { return std::as_bytes(std::span{text}); }

}  // namespace

TEST_CASE("the checksum is that of lookup3's author", "[weights_tools]")
{
  // Both values stand in the comments of lookup3.c.
  CHECK(hdf5_checksum({}) == 0xdeadbeefU);
  CHECK(hdf5_checksum(bytes_of_text("Four score and seven years ago")) == 0x17770551U);
}

TEST_CASE("every byte changes the checksum, at any length", "[weights_tools]")
{
  std::string text;
  for (int length = 1; length <= 40; ++length) {
    text += static_cast<char>(length * 7);
    const std::uint32_t before = hdf5_checksum(bytes_of_text(text));
    CHECK(is_hdf5_checksum(before, bytes_of_text(text)));
    CHECK(!is_hdf5_checksum(before + 1, bytes_of_text(text)));
    for (char& each : text) {
      each = static_cast<char>(each ^ 1);
      CHECK(hdf5_checksum(bytes_of_text(text)) != before);
      each = static_cast<char>(each ^ 1);
    }
  }
}
