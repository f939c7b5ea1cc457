// SPDX-License-Identifier: MIT

#include <thorax/model/file_checksum.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/safetensors_by_hand.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using thorax::error_code;
using thorax::safetensors_file;

namespace {

bool verify(std::span<const std::byte> bytes)
{
  return thorax::verify_checksum(safetensors_file::from_bytes(bytes, "'x'"));
}

std::vector<std::byte> small_file()
{
  static const std::vector<float> numbers{1, 2, 3};
  const std::vector<thorax::named_tensor> tensors{{"w", {3}, numbers, thorax::storage::f32}};
  return thorax::encode_with_checksum(tensors, {{"thorax.epoch", "3"}});
}

std::size_t place_of(std::span<const std::byte> bytes, std::string_view text)
{
  return std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()}.find(text);
}

}  // namespace

TEST_CASE("a file that was written with a checksum is verified", "[model]")
{
  const auto bytes = small_file();
  CHECK(verify(bytes));
  CHECK(small_file() == bytes);
}

TEST_CASE("the checksum is that of the whole file with zeros in the place of its digits", "[model]")
{
  auto bytes = small_file();
  const std::string found{*safetensors_file::from_bytes(bytes, "'x'").metadata("thorax.checksum")};
  const std::size_t place = place_of(bytes, found);
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(place), 8, std::byte{'0'});
  const std::uint32_t expected = thorax::crc32c(bytes);
  CHECK(found.size() == 8);
  CHECK(std::stoul(found, nullptr, 16) == expected);
}

TEST_CASE("a file from elsewhere has no checksum, which is no error", "[model]")
{
  CHECK(!verify(safetensors_by_hand("{}")));
  CHECK(!verify(safetensors_by_hand(R"({"__metadata__":{"format":"pt","thoracic":"1","zoo":"2"}})")));
}

TEST_CASE("a file of this library whose checksum is gone is refused", "[model]")
{
  CHECK(refuses(error_code::format_refused, "expected the metadata 'thorax.checksum' beside 'thorax.format'",
                [] { verify(safetensors_by_hand(R"({"__metadata__":{"thorax.format":"1"}})")); }));
  CHECK(refuses(error_code::format_refused, "beside 'thorax.checksuM'",
                [] { verify(safetensors_by_hand(R"({"__metadata__":{"thorax.checksuM":"00000000"}})")); }));
}

TEST_CASE("damage is told with both checksums", "[model]")
{
  auto bytes = small_file();
  const std::string found{*safetensors_file::from_bytes(bytes, "'x'").metadata("thorax.checksum")};
  bytes.back() ^= std::byte{1};
  auto zeroed = bytes;
  std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(place_of(bytes, found)), 8, std::byte{'0'});
  const std::string given = thorax::detail::hexadecimal(thorax::crc32c(zeroed));
  CHECK(refuses(error_code::checksum_differs,
                "'x': the file states the checksum '" + found + "', its bytes give '" + given +
                  "'; the file is damaged or was changed",
                [&] { verify(bytes); }));
}

TEST_CASE("digits that mean the right number but are not the right digits are refused", "[model]")
{
  auto bytes = small_file();
  const std::string found{*safetensors_file::from_bytes(bytes, "'x'").metadata("thorax.checksum")};
  const std::size_t letter = found.find_first_of("abcdef");
  REQUIRE(letter != std::string::npos);
  bytes[place_of(bytes, found) + letter] ^= std::byte{0x20};  // upper case
  CHECK(refuses(error_code::checksum_differs, "its bytes give '" + found + "'", [&] { verify(bytes); }));

  for (const std::string_view digits : {"", "0", "0000000", "000000000", "\\u00300000000"})
    CHECK(refuses(error_code::checksum_differs, "8 digits", [&] {
      verify(safetensors_by_hand(R"({"__metadata__":{"thorax.checksum":")" + std::string{digits} + "\"}}"));
    }));
}

TEST_CASE("a checksum that came with the texts is replaced by the right one", "[model]")
{
  CHECK(verify(thorax::encode_with_checksum({}, {{"thorax.checksum", "12345678"}})));
}
