// SPDX-License-Identifier: MIT
#include <thorax/image/dicom_elements.hpp>

#include "image/dicom_films.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>
#include <vector>

namespace {

using thorax::detail::dicom_cursor;
using thorax::detail::dicom_element;

const std::string film_name = "x";

bool is_refused(const std::string& words, const std::string& content, bool implicit = false)
{
  return refuses(thorax::error_code::format_refused, words, [&] {
    const std::vector<std::byte> bytes = bytes_of(content);
    dicom_cursor cursor{bytes, implicit, film_name};
    while (!cursor.at_end()) cursor.element();
  });
}

/// An element as implicit VR writes it.
std::string implicit_element(std::uint32_t tag, const std::string& value, std::uint32_t length)
{
  return tag_bytes(tag) + bytes_of_number(length, 4) + value;
}

std::string item_without_length(const std::string& content)
{
  return tag_bytes(0xfffe'e000) + bytes_of_number(without_length, 4) + content + tag_bytes(0xfffe'e00d) +
         bytes_of_number(0, 4);
}

}  // namespace

TEST_CASE("bytes are read least significant first", "[image]")
{
  CHECK(thorax::detail::little_endian(bytes_of(std::string{"\x01\x02\x03\xff", 4})) == 0xff03'0201U);
  CHECK(thorax::detail::little_endian(bytes_of("\x80")) == 0x80U);
}

TEST_CASE("elements come with tag, VR and value, with a length of two bytes or of four", "[image]")
{
  const std::vector<std::byte> bytes =
    bytes_of(element_bytes(0x0008'0060, "CS", "CR") + element_bytes(0x7fe0'0010, "OW", "abcd"));
  dicom_cursor cursor{bytes, false, film_name};
  const dicom_element first = cursor.element();
  CHECK(first.tag == 0x0008'0060U);
  CHECK(first.representation == "CS");
  CHECK(first.value.size() == 2);
  CHECK(cursor.next_tag() == 0x7fe0'0010U);
  const dicom_element second = cursor.element();
  CHECK(second.value.size() == 4);
  CHECK(second.value.data() == bytes.data() + bytes.size() - 4);
  CHECK_FALSE(second.in_items);
  CHECK(cursor.at_end());
}

TEST_CASE("sequences without lengths, in one another, are passed as a whole", "[image]")
{
  const std::string items = item_without_length("") + item_bytes("anything");
  const std::string inner = element_bytes(0x0008'1140, "SQ", items + sequence_end(), false);
  const std::string outer =
    element_bytes(0x0040'0275, "SQ", item_without_length(inner + inner) + sequence_end(), false);
  const std::vector<std::byte> bytes = bytes_of(outer + element_bytes(0x0040'0300, "US", "ab"));
  dicom_cursor cursor{bytes, false, film_name};
  const dicom_element sequence = cursor.element();
  CHECK(sequence.in_items);
  CHECK(sequence.value.size() == outer.size() - 12 - 8);  // without the header and what ends it
  CHECK(cursor.element().tag == 0x0040'0300U);
  CHECK(cursor.at_end());
  dicom_cursor inside{sequence.value, false, film_name};
  CHECK(inside.item().size() == 2 * inner.size());
  CHECK(inside.at_end());
}

TEST_CASE("what is of an unknown kind and has no length is read without VRs inside", "[image]")
{
  const std::string inside = item_without_length(implicit_element(0x0009'1001, "\x01\x02", 2)) + sequence_end();
  const std::vector<std::byte> bytes =
    bytes_of(element_bytes(0x0009'1000, "UN", inside, false) + element_bytes(0x0010'0010, "PN", "ab"));
  dicom_cursor cursor{bytes, false, film_name};
  CHECK(cursor.element().implicit);
  const dicom_element next = cursor.element();
  CHECK(next.representation == "PN");
  CHECK_FALSE(next.implicit);
}

TEST_CASE("implicit elements have a tag and a length of four bytes", "[image]")
{
  const std::vector<std::byte> bytes = bytes_of(
    implicit_element(0x0008'0060, "CR", 2) +
    implicit_element(0x0040'0275, item_without_length(implicit_element(0x0008'0060, "CT", 2)) + sequence_end(),
                     without_length));
  dicom_cursor cursor{bytes, true, film_name};
  CHECK(cursor.element().value.size() == 2);
  const dicom_element sequence = cursor.element();
  CHECK(sequence.in_items);
  CHECK(sequence.implicit);
  CHECK(cursor.at_end());
}

TEST_CASE("what is no data element is refused with the place", "[image]")
{
  CHECK(is_refused("film 'x': expected a whole DICOM file, found an end within a tag near byte 10 of the file; "
                   "copy or export the film again",
                   element_bytes(0x0008'0060, "CS", "CR") + "abc"));
  CHECK(is_refused("found an end before the 4 bytes that are announced",
                   tag_bytes(0x0008'0060) + "CS" + bytes_of_number(4, 2) + "C"));
  CHECK(is_refused("where the kind of a value (VR) should stand",
                   tag_bytes(0x0008'0060) + "cs" + std::string(6, '\0')));
  CHECK(is_refused("a delimiter where an element should begin", sequence_end()));
  CHECK(is_refused("a value without a length", element_bytes(0x0028'3006, "OW", sequence_end(), false)));
  CHECK(is_refused("something else where an item should begin",
                   element_bytes(0x0008'1140, "SQ", element_bytes(0x0008'0060, "CS", "CR"), false)));
  CHECK(is_refused("the end of a sequence with a length",
                   element_bytes(0x0008'1140, "SQ", tag_bytes(0xfffe'e0dd) + bytes_of_number(2, 4), false)));
  CHECK(is_refused("an end within a tag", element_bytes(0x0008'1140, "SQ", item_bytes("ab"), false)));
  CHECK(is_refused("bytes that are announced", implicit_element(0x0008'0060, "CR", 0xffff'fffe), true));
}

TEST_CASE("sequences nested deeper than 32 are refused before the stack is used up", "[image]")
{
  const auto nested = [](int depth) {
    std::string content;
    for (int i = 0; i < depth; ++i)
      content = implicit_element(0x0008'1140, item_without_length(content) + sequence_end(), without_length);
    return content;
  };
  CHECK_FALSE(is_refused("", nested(32), true));
  CHECK(is_refused("sequences nested deeper than 32", nested(33), true));
  std::string endless;
  for (int i = 0; i < 100'000; ++i)
    endless += tag_bytes(0x0008'1140) + bytes_of_number(without_length, 4) + tag_bytes(0xfffe'e000) +
               bytes_of_number(without_length, 4);
  CHECK(is_refused("sequences nested deeper than 32", endless, true));
}
