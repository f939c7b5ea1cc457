// SPDX-License-Identifier: MIT
#include <thorax/image/dicom_pixels.hpp>

#include "image/dicom_films.hpp"
#include "image/encoded_jpeg.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

namespace {

const std::string film_name = "x";

thorax::detail::dicom_bits bits(const dicom_film& film)
{
  const std::vector<std::byte> bytes = film.bytes();
  const auto file = thorax::detail::read_dicom_elements(bytes, film_name);
  return thorax::detail::bits_of(file, thorax::detail::samples_of(file.attributes, {}), {});
}

bool is_refused(const std::string& words, const dicom_film& film)
{
  return refuses(thorax::error_code::format_refused, words, [&] { bits(film); });
}

/// A film of 12 bits in 16.
dicom_film twelve_bits(const std::string& pixels)
{
  return dicom_film{}
    .set_number(0x0028'0100, 16)
    .set_number(0x0028'0101, 12)
    .set_number(0x0028'0102, 11)
    .set(0x7fe0'0010, "OW", pixels);
}

const std::string no_offsets = item_bytes("");

dicom_film in_run_lengths(const std::string& fragments)
{
  dicom_film film;
  film.syntax = "1.2.840.10008.1.2.5";
  return film.set(0x7fe0'0010, "OB", fragments + sequence_end(), false);
}

dicom_film in_jpeg(const std::string& fragments)
{
  dicom_film film = in_run_lengths(fragments);
  film.syntax = "1.2.840.10008.1.2.4.50";
  return film;
}

/// A baseline JPEG of one gray, which the coding keeps to the bit.
std::string jpeg_of(int height, int width, std::uint8_t gray, J_COLOR_SPACE colors = JCS_GRAYSCALE)
{
  const std::size_t count = static_cast<std::size_t>(height * width) * (colors == JCS_GRAYSCALE ? 1 : 3);
  const std::vector<std::byte> file = encoded_jpeg({height, width, colors}, std::vector<std::uint8_t>(count, gray));
  std::string out;
  for (const std::byte each : file) out += static_cast<char>(each);
  if (out.size() % 2 != 0) out += '\0';
  return out;
}

std::string run_lengths(const std::string& segment)
{
  std::string table = bytes_of_number(1, 4) + bytes_of_number(64, 4);
  table.resize(64);
  return table + segment;
}

}  // namespace

TEST_CASE("plain pixels are little endian, and bits above the stored ones are dropped", "[image]")
{
  CHECK(bits(dicom_film{}) == thorax::detail::dicom_bits{0, 51, 102, 153, 204, 255});
  CHECK(bits(twelve_bits({"\x01\x00\x02\x01\xff\x0f\xff\xff\x00\x10\x34\xa2", 12})) ==
        thorax::detail::dicom_bits{1, 0x102, 0xfff, 0xfff, 0, 0x234});
}

TEST_CASE("an odd number of pixels may be filled up to an even one", "[image]")
{
  const dicom_film odd = dicom_film{}.set_number(0x0028'0010, 1).set(0x7fe0'0010, "OB", "abc");
  CHECK(bits(odd) == thorax::detail::dicom_bits{'a', 'b', 'c'});
}

TEST_CASE("pixels that are missing, too many or written otherwise are refused", "[image]")
{
  CHECK(is_refused("film 'x': expected 6 bytes of pixels, found 4; copy or export the film again",
                   dicom_film{}.set(0x7fe0'0010, "OB", "abcd")));
  CHECK(is_refused("expected 6 bytes of pixels, found 8", dicom_film{}.set(0x7fe0'0010, "OB", "abcdefgh")));
  CHECK(is_refused("expected PixelData with a length, found none", dicom_film{}.without(0x7fe0'0010)));
  CHECK(is_refused("expected PixelData with a length, found it otherwise",
                   dicom_film{}.set(0x7fe0'0010, "OB", no_offsets + item_bytes("abcdef") + sequence_end(), false)));
  dicom_film film;
  film.syntax = "1.2.840.10008.1.2.5";
  CHECK(is_refused("expected PixelData in fragments, found it otherwise", film));
  CHECK(is_refused("no fragment of pixels near byte", in_run_lengths(no_offsets)));
  CHECK(is_refused("2 fragments of pixels instead of 1",
                   in_run_lengths(no_offsets + item_bytes("ab") + item_bytes("cd"))));
}

TEST_CASE("pixels in run lengths are unpacked behind a table of offsets, which is not needed", "[image]")
{
  const std::string packed = run_lengths("\xfd" "a" "\x01" "bc" "\x80");
  const thorax::detail::dicom_bits expected{'a', 'a', 'a', 'a', 'b', 'c'};
  CHECK(bits(in_run_lengths(no_offsets + item_bytes(packed))) == expected);
  CHECK(bits(in_run_lengths(item_bytes(std::string(4, '\0')) + item_bytes(packed))) == expected);
}

TEST_CASE("a JPEG gives its samples, also from several fragments", "[image]")
{
  const std::string file = jpeg_of(2, 3, 77);
  const thorax::detail::dicom_bits expected(6, 77);
  CHECK(bits(in_jpeg(no_offsets + item_bytes(file))) == expected);
  CHECK(bits(in_jpeg(no_offsets + item_bytes(file.substr(0, 100)) + item_bytes(file.substr(100)))) == expected);
}

TEST_CASE("a JPEG that is not what the file says is refused", "[image]")
{
  CHECK(is_refused("expected a JPEG of 3x2 with 1 channel, found 2x3 with 1 channel",
                   in_jpeg(no_offsets + item_bytes(jpeg_of(3, 2, 77)))));
  CHECK(is_refused("found 3x2 with 3 channels", in_jpeg(no_offsets + item_bytes(jpeg_of(2, 3, 77, JCS_RGB)))));
  CHECK(is_refused("expected a whole JPEG", in_jpeg(no_offsets + item_bytes(jpeg_of(2, 3, 77).substr(0, 200)))));
  CHECK(is_refused("expected unsigned pixels of 8 bits in a JPEG",
                   in_jpeg(no_offsets + item_bytes(jpeg_of(2, 3, 77))).set_number(0x0028'0103, 1)));
}
