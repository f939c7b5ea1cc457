// SPDX-License-Identifier: MIT
#include <thorax/image/dicom_header.hpp>

#include "image/dicom_films.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

namespace {

const std::string film_name = "x";

thorax::detail::dicom_samples samples(const dicom_film& film)
{
  const std::vector<std::byte> bytes = film.bytes();
  const auto file = thorax::detail::read_dicom_elements(bytes, film_name);
  return thorax::detail::samples_of(file.attributes, {});
}

bool is_refused(const std::string& words, const dicom_film& film)
{
  return refuses(thorax::error_code::format_refused, words, [&] { samples(film); });
}

double slope(const std::string& text)
{
  const std::vector<std::byte> bytes = dicom_film{}.set(0x0028'1053, "DS", text).bytes();
  return thorax::detail::read_dicom_elements(bytes, film_name).attributes.decimal(0x0028'1053, "RescaleSlope", 7);
}

bool is_refused_as_number(const std::string& text)
{
  return refuses(thorax::error_code::format_refused,
                 "film 'x': expected RescaleSlope to be a decimal number, found something else", [&] { slope(text); });
}

}  // namespace

TEST_CASE("what a file says of its samples is read", "[image]")
{
  const auto found = samples(dicom_film{}
                               .set_number(0x0028'0100, 16)
                               .set_number(0x0028'0101, 12)
                               .set_number(0x0028'0102, 11)
                               .set_number(0x0028'0103, 1)
                               .set(0x0028'0004, "CS", "MONOCHROME1 "));
  CHECK(found.rows == 2);
  CHECK(found.columns == 3);
  CHECK(found.pixels() == 6);
  CHECK(found.bits_allocated == 16);
  CHECK(found.bits_stored == 12);
  CHECK(found.is_inverted);
  CHECK(found.value(0x7ff) == 2'047);
  CHECK(found.value(0x800) == -2'048);
  CHECK(found.value(0xfff) == -1);
  CHECK(samples(dicom_film{}).value(0xff) == 255);
}

TEST_CASE("decimal numbers are read as DICOM writes them: the first, with spaces and a sign", "[image]")
{
  CHECK(slope("1.5") == 1.5);
  CHECK(slope(" +2e-1 ") == 0.2);
  CHECK(slope("-3\\nonsense") == -3);
  CHECK(slope("") == 7);
  CHECK(slope("  ") == 7);
  for (const char* const none : {"nan", "inf", "1,5", "1.5x", "1e999", "--1"}) CHECK(is_refused_as_number(none));
}

TEST_CASE("what is no single gray frame of 8 to 16 bits is refused with what it is", "[image]")
{
  CHECK(is_refused("film 'x': expected a gray film, MONOCHROME1 or MONOCHROME2, found RGB; export the film as gray",
                   dicom_film{}.set(0x0028'0004, "CS", "RGB").set_number(0x0028'0002, 3)));
  CHECK(is_refused("found PALETTE COLOR", dicom_film{}.set(0x0028'0004, "CS", "PALETTE COLOR")));
  CHECK(is_refused("found none", dicom_film{}.without(0x0028'0004)));
  CHECK(is_refused("found what is no code", dicom_film{}.set(0x0028'0004, "CS", "Phantom^Paul")));
  CHECK(is_refused("expected a single frame, found several", dicom_film{}.set(0x0028'0008, "IS", "2")));
  CHECK(samples(dicom_film{}.set(0x0028'0008, "IS", "1 ")).rows == 2);
  CHECK(is_refused("expected SamplesPerPixel to be 1", dicom_film{}.set_number(0x0028'0002, 3)));
  CHECK(is_refused("expected Rows to be a number of two bytes, found none; the file is damaged, export the film again",
                   dicom_film{}.without(0x0028'0010)));
  CHECK(is_refused("expected Columns to be a number of two bytes, found something else",
                   dicom_film{}.set(0x0028'0011, "UL", "abcd")));
  CHECK(is_refused("expected 8 to 16 bits stored, the lowest of 8 or 16 allocated, found 8 of 32 up to bit 7",
                   dicom_film{}.set_number(0x0028'0100, 32)));
  CHECK(is_refused("found 7 of 8", dicom_film{}.set_number(0x0028'0101, 7).set_number(0x0028'0102, 6)));
  CHECK(is_refused("found 9 of 8", dicom_film{}.set_number(0x0028'0101, 9).set_number(0x0028'0102, 8)));
  CHECK(is_refused("up to bit 9", dicom_film{}.set_number(0x0028'0102, 9)));
  CHECK(is_refused("at least 1x1 pixels", dicom_film{}.set_number(0x0028'0010, 0)));
}

TEST_CASE("tags that do not ascend are refused, for one of two equal ones would have to be chosen", "[image]")
{
  const std::string twice = dicom_film{}.text() + element_bytes(0x7fe0'0010, "OB", "again!");
  CHECK(refuses(thorax::error_code::format_refused, "a tag that is not above the one before it", [&] {
    const std::vector<std::byte> bytes = bytes_of(twice);
    thorax::detail::read_dicom_elements(bytes, film_name);
  }));
}

TEST_CASE("of a file nothing is kept that is not needed", "[image]")
{
  const std::vector<std::byte> bytes = dicom_film{}.bytes();
  const auto file = thorax::detail::read_dicom_elements(bytes, film_name);
  CHECK(file.attributes.find(0x0010'0010) == nullptr);
  CHECK(file.attributes.find(0x0010'1010) != nullptr);
}

TEST_CASE("a code is repeated in a sentence only if it is one", "[image]")
{
  CHECK(thorax::detail::code_in_words("CT") == "CT");
  CHECK(thorax::detail::code_in_words("") == "none");
  CHECK(thorax::detail::code_in_words("Paul") == "what is no code");
  CHECK(thorax::detail::code_in_words("A\n") == "what is no code");
  CHECK(thorax::detail::code_in_words("12345678901234567") == "what is no code");
}
