// SPDX-License-Identifier: MIT
#include <thorax/image/dicom_rle.hpp>

#include "image/dicom_films.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

namespace {

/// A frame of segments as PS3.5 G.5 lays it out.
std::string frame(const std::vector<std::string>& segments)
{
  std::string table = bytes_of_number(static_cast<std::uint32_t>(segments.size()), 4);
  std::string content;
  for (const std::string& segment : segments) {
    table += bytes_of_number(static_cast<std::uint32_t>(64 + content.size()), 4);
    content += segment;
  }
  table.resize(64);
  return table + content;
}

std::vector<std::byte> unpacked(const std::string& packed, std::size_t pixels, std::size_t sample_bytes = 1)
{
  return thorax::detail::unpack_rle(bytes_of(packed), pixels, sample_bytes, "x");
}

bool is_refused(const std::string& words, const std::string& packed, std::size_t pixels, std::size_t sample_bytes = 1)
{
  return refuses(thorax::error_code::format_refused, words, [&] { unpacked(packed, pixels, sample_bytes); });
}

}  // namespace

TEST_CASE("runs and literals are unpacked, and -128 means nothing", "[image]")
{
  // 2: three bytes as they are; -3: four times the next; -128: nothing; 0: one byte; a byte more for an even length
  const std::string segment{"\x02" "abc" "\xfd" "d" "\x80" "\x00" "e" "\x00", 10};
  CHECK(unpacked(frame({segment}), 8) == bytes_of("abcdddde"));
}

TEST_CASE("two segments are the high bytes of all samples and their low bytes", "[image]")
{
  CHECK(unpacked(frame({"\xff" "H", "\x01" "lm"}), 2, 2) == bytes_of("HHlm"));
}

TEST_CASE("a frame that is not whole in RLE is refused", "[image]")
{
  CHECK(is_refused("film 'x': expected a whole DICOM film in RLE, found a table of segments that ends too early; "
                   "copy or export the film again",
                   "short", 1));
  CHECK(is_refused("2 segments instead of 1", frame({"\x01" "ab", "\x01" "ab"}), 2));
  CHECK(is_refused("a segment that ends too early", frame({"\x01" "ab"}), 3));
  CHECK(is_refused("a run that ends too early", frame({"\x05" "ab"}), 6));
  CHECK(is_refused("a run that ends too early", frame({std::string{"\x00" "a" "\xf0", 3}}), 3));
  CHECK(is_refused("more samples than pixels", frame({"\xfd" "a"}), 3));
  CHECK(is_refused("bytes left over after a segment", frame({"\xfe" "abc"}), 3));
  CHECK(is_refused("too few bytes for its pixels", frame({"\x81" "a"}), 1'000'000'000));
  std::string elsewhere = frame({"\x01" "ab"});
  elsewhere[4] = 66;
  CHECK(is_refused("does not begin behind the table", elsewhere, 2));
  std::string outside = frame({"\x01" "ab", "\x01" "ab"});
  outside[8] = 127;
  CHECK(is_refused("segments outside of the file", outside, 2, 2));
  outside[8] = 10;
  CHECK(is_refused("segments outside of the file", outside, 2, 2));
}
