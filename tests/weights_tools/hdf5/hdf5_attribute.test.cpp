// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_attribute.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_attributes;
using thorax::tools::hdf5_cursor;
using thorax::tools::hdf5_texts;

namespace {

using texts_of_one = std::vector<std::string>;

fields list_of(std::uint64_t count) { return dataspace_message({count}).body; }

hdf5_texts texts_of(const std::vector<message_by_hand>& messages, const fields& file_bytes = {})
{
  space_by_hand file{file_bytes};
  hdf5_attributes attributes{file.space};
  hdf5_texts texts;
  for (const message_by_hand& each : messages)
    attributes.read(hdf5_cursor{file.space.context(), "an attribute", each.body.bytes, 0}, texts);
  return texts;
}

bool is_refused(const std::string& words, const std::vector<message_by_hand>& messages, const fields& file = {})
{
  return refuses(error_code::format_refused, words, [&] { texts_of(messages, file); });
}

/// Where a text of variable length is.
fields reference(std::uint64_t bytes, std::uint64_t heap, std::uint64_t number)
{
  return fields{}.u32(bytes).u64(heap).u32(number);
}

fields heap_with(std::string_view text)
{
  fields heap;
  const std::uint64_t bytes = 16 + 16 + (text.size() + 7) / 8 * 8;
  return heap.text("GCOL").u32(1).u64(bytes).u16(1).u16(1).u32(0).u64(text.size()).text(text).padded(8);
}

}  // namespace

TEST_CASE("a text ends as its type says", "[weights_tools]")
{
  const auto text = [](std::uint64_t padding, std::string_view data) {
    const fields type = text_type(data.size(), padding);
    return texts_of({attribute_message("a", type, scalar_space(), fields{}.text(data))}).at("a").at(0);
  };
  const std::string_view data{"ab\0c \0", 6};
  CHECK(text(0, data) == "ab");
  CHECK(text(1, data) == std::string_view{"ab\0c ", 5});
  CHECK(text(1, std::string_view{"\0\0", 2}).empty());
  CHECK(text(2, data) == data);
  CHECK(text(2, "ab  ") == "ab");
  CHECK(text(2, "  ").empty());
}

TEST_CASE("an attribute is a list of texts, and what is no text is left out", "[weights_tools]")
{
  const fields type = text_type(3);
  CHECK(
    texts_of({attribute_message("a", type, list_of(2), fields{}.text(std::string_view{"ab\0cde", 6}))}).at("a") ==
    texts_of_one{"ab", "cde"});
  CHECK(texts_of({attribute_message("a", type, list_of(0), {})}).at("a").empty());
  CHECK(texts_of({attribute_message("a", f32_type(), scalar_space(), fields{}.u32(0))}).empty());
  CHECK(texts_of({attribute_message("a", type, fields{}.u8(2).u8(0).u8(0).u8(2), {})}).empty());
}

TEST_CASE("the older versions of attributes are read", "[weights_tools]")
{
  // Version 1 pads name, type and space to 8 bytes; type and dataspace of version 2 may stand elsewhere.
  const fields type = text_type(3);
  fields first;
  first.u8(1).u8(1).u16(5).u16(8).u16(12).text("name").zeros(4).add(type).u8(1).u8(0).zeros(14).text("abc");
  CHECK(texts_of({{0x0c, first}}).at("name") == texts_of_one{"abc"});
  const auto second = [&](std::uint64_t flags) {
    fields body;
    return body.u8(2).u8(flags).u16(5).u16(8).u16(4).text("name").u8(0).add(type).add(scalar_space()).text("abc");
  };
  CHECK(texts_of({{0x0c, second(0)}}).at("name") == texts_of_one{"abc"});
  CHECK(texts_of({{0x0c, second(1)}}).empty());
  CHECK(texts_of({{0x0c, second(2)}}).empty());
}

TEST_CASE("a text of variable length is found in its heap", "[weights_tools]")
{
  const fields heap = heap_with(std::string_view{"layer\0x", 7});
  const auto text = [&](const fields& where) {
    return texts_of({attribute_message("a", variable_text_type(), scalar_space(), where)}, heap).at("a").at(0);
  };
  CHECK(text(reference(5, 0, 1)) == "layer");
  CHECK(text(reference(7, 0, 1)) == "layer");
  CHECK(text(reference(3, 0, 1)) == "lay");
  CHECK(text(reference(0, undefined_address, 9)).empty());
}

TEST_CASE("a text of variable length is refused where it is none", "[weights_tools]")
{
  const fields heap = heap_with("layer");
  const auto is_text_refused = [&](const std::string& words, const fields& where) {
    return is_refused(words, {attribute_message("a", variable_text_type(), scalar_space(), where)}, heap);
  };
  CHECK(is_text_refused("expected a text of 6 bytes, found 5", reference(6, 0, 1)));
  CHECK(is_text_refused("expected a text of 4294967295 bytes", reference(0xffffffff, 0, 1)));
  CHECK(is_text_refused("expected an object of number 2, found none", reference(5, 0, 2)));
  CHECK(is_text_refused("has no address", reference(5, undefined_address, 1)));
  CHECK(is_text_refused("before the file's end", reference(5, UINT64_MAX - 1, 1)));
  CHECK(is_text_refused("expected the signature 'GCOL'", reference(5, 8, 1)));
  fields narrow = variable_text_type();
  narrow.bytes[4] = std::byte{12};
  CHECK(is_refused("expected references of 16 bytes, found 12",
                   {attribute_message("a", narrow, scalar_space(), reference(5, 0, 1))}, heap));
}

TEST_CASE("an attribute is refused field by field", "[weights_tools]")
{
  const fields type = text_type(3);
  CHECK(is_refused("expected version 1 to 3, found 4", {{0x0c, fields{}.u8(4).zeros(20)}}));
  CHECK(is_refused("its name is empty or has no end",
                   {attribute_message("", type, scalar_space(), fields{}.text("abc"))}));
  message_by_hand endless = attribute_message("ab", type, scalar_space(), fields{}.text("abc"));
  endless.body.bytes[11] = std::byte{'c'};
  CHECK(is_refused("its name is empty or has no end", {endless}));
  CHECK(is_refused("expected 6 bytes", {attribute_message("a", type, list_of(2), fields{}.text("abcde"))}));
  CHECK(is_refused("more bytes than 64 bits can count",
                   {attribute_message("a", type, list_of(UINT64_MAX), fields{}.text("abc"))}));
  CHECK(is_refused("expected 18446744073709551615 bytes",
                   {attribute_message("a", text_type(3), list_of(UINT64_MAX / 3), fields{}.text("abc"))}));
  const message_by_hand one = attribute_message("a", type, scalar_space(), fields{}.text("abc"));
  CHECK(is_refused("a second one has the name 'a'", {one, one}));
}

TEST_CASE("many references to one large text are refused before they fill the memory", "[weights_tools]")
{
  const fields heap = heap_with(std::string(100'000, 'x'));
  constexpr std::uint64_t count = 3'000;
  fields references;
  for (std::uint64_t i = 0; i < count; ++i) references.add(reference(100'000, 0, 1));
  CHECK(is_refused("many times larger than the file",
                   {attribute_message("a", variable_text_type(), list_of(count), references)}, heap));
}
