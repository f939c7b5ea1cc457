// SPDX-License-Identifier: MIT

#include <thorax/base/checksum.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

using thorax::crc32c;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::vector<std::byte> numbered(std::size_t count)
{
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>((i * 37 + i / 256) & 0xffU);
  return bytes;
}

}  // namespace

TEST_CASE("the checksum gives the published values", "[base]")
{
  std::array<std::byte, 32> bytes{};
  CHECK(crc32c(bytes_of("123456789")) == 0xe3069283U);  // the check value of the polynomial's catalogs
  CHECK(crc32c({}) == 0U);

  // RFC 3720, appendix B.4
  CHECK(crc32c(bytes) == 0x8a9136aaU);
  bytes.fill(std::byte{0xff});
  CHECK(crc32c(bytes) == 0x62a8ab43U);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
  CHECK(crc32c(bytes) == 0x46dd794eU);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(31 - i);
  CHECK(crc32c(bytes) == 0x113fdb5cU);
  constexpr std::array<unsigned char, 48> read_command{
    0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
    0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0};
  CHECK(crc32c(std::as_bytes(std::span{read_command})) == 0xd9963a56U);
}

TEST_CASE("the checksum of ZIP files gives the published values", "[base]")
{
  CHECK(thorax::crc32(bytes_of("123456789")) == 0xcbf43926U);  // the check value of the polynomial's catalogs
  CHECK(thorax::crc32({}) == 0U);
  CHECK(thorax::crc32(bytes_of("IEND")) == 0xae426082U);  // with which every PNG file ends
}

TEST_CASE("tables and instruction agree at every length and alignment", "[base]")
{
  const std::vector<std::byte> bytes = numbered(96);
  for (std::size_t begin = 0; begin < 9; ++begin)
    for (std::size_t size = 0; begin + size <= bytes.size(); ++size) {
      const auto part = std::span{bytes}.subspan(begin, size);
      CHECK(~thorax::detail::crc32c_by_tables(~0U, part) == crc32c(part));
    }
}

TEST_CASE("the checksum of two parts, one after the other, is that of the whole", "[base]")
{
  const std::vector<std::byte> bytes = numbered(100);
  const std::uint32_t whole = crc32c(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    CHECK(crc32c(std::span{bytes}.subspan(cut), crc32c(std::span{bytes}.first(cut))) == whole);
}

TEST_CASE("every change of one byte changes the checksum", "[base]")
{
  std::vector<std::byte> bytes = numbered(300);
  const std::uint32_t whole = crc32c(bytes);
  for (std::byte& byte : bytes) {
    const std::byte kept = byte;
    for (unsigned flips = 1; flips < 256; ++flips) {
      byte = kept ^ static_cast<std::byte>(flips);
      REQUIRE(crc32c(bytes) != whole);
    }
    byte = kept;
  }
}
