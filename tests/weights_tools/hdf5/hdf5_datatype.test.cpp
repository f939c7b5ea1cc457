// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_datatype.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using thorax::error_code;
using thorax::storage;
using thorax::tools::hdf5_cursor;
using thorax::tools::hdf5_padding;

namespace {

const thorax::tools::hdf5_context context{"'x.h5'", {}, 8, 8};

thorax::tools::hdf5_datatype type_of(const fields& bytes)
{
  hdf5_cursor cursor{context, "a datatype", bytes.bytes, 0};
  return read_datatype(cursor);
}

thorax::tools::hdf5_dataspace extents_of(const fields& bytes)
{
  hdf5_cursor cursor{context, "a dataspace", bytes.bytes, 0};
  return read_dataspace(cursor);
}

/// The fields of a floating-point type.
struct float_fields {
  std::uint64_t bits{0x20};
  std::uint64_t sign{31};
  std::uint64_t bytes{4};
  std::uint64_t offset{0};
  std::uint64_t precision{32};
  std::uint64_t exponent_place{23};
  std::uint64_t exponent_bits{8};
  std::uint64_t mantissa_place{0};
  std::uint64_t mantissa_bits{23};
  std::uint64_t bias{127};
};

fields float_type(const float_fields& with)
{
  fields type;
  type.u8(0x11).u8(with.bits).u8(with.sign).u8(0).u32(with.bytes).u16(with.offset).u16(with.precision);
  type.u8(with.exponent_place).u8(with.exponent_bits).u8(with.mantissa_place).u8(with.mantissa_bits);
  return type.u32(with.bias);
}

}  // namespace

TEST_CASE("the four formats of floating-point numbers are known, in both orders", "[weights_tools]")
{
  for (const std::uint64_t order : {0U, 1U}) {
    const std::uint64_t bits = 0x20 | order;
    const auto f32 = type_of(float_type({.bits = bits}));
    CHECK(f32.format == storage::f32);
    CHECK(f32.big_endian == (order == 1));
    CHECK(f32.bytes == 4);
    CHECK(type_of(float_type({bits, 63, 8, 0, 64, 52, 11, 0, 52, 1023})).format == storage::f64);
    CHECK(type_of(float_type({bits, 15, 2, 0, 16, 10, 5, 0, 10, 15})).format == storage::f16);
    CHECK(type_of(float_type({bits, 15, 2, 0, 16, 7, 8, 0, 7, 127})).format == storage::bf16);
  }
}

TEST_CASE("floating-point numbers of another form are no format that is read", "[weights_tools]")
{
  for (const float_fields& with : std::vector<float_fields>{{.bits = 0x00},
                                                            {.bits = 0x60},
                                                            {.sign = 30},
                                                            {.bytes = 8},
                                                            {.offset = 1},
                                                            {.precision = 31},
                                                            {.exponent_place = 22},
                                                            {.exponent_bits = 7},
                                                            {.mantissa_place = 1},
                                                            {.mantissa_bits = 22},
                                                            {.bias = 128}}) {
    const auto type = type_of(float_type(with));
    CHECK(!type.format);
    CHECK(type.words == "floating-point numbers of an unusual form");
  }
}

TEST_CASE("texts are known, fixed and variable", "[weights_tools]")
{
  const auto fixed = type_of(text_type(12, 2));
  REQUIRE(fixed.text);
  CHECK(!fixed.text->is_variable);
  CHECK(fixed.text->padding == hdf5_padding::filled_with_spaces);
  CHECK(fixed.bytes == 12);
  const auto variable = type_of(variable_text_type());
  REQUIRE(variable.text);
  CHECK(variable.text->is_variable);
  CHECK(variable.words == "texts");
  const auto sequence = type_of(fields{}.u8(0x19).u8(0).u16(0).u32(16).add(f32_type()));
  CHECK(!sequence.text);
  CHECK(sequence.words == "sequences of varying length");
}

TEST_CASE("a datatype is refused field by field", "[weights_tools]")
{
  const auto is_refused = [](const std::string& words, const fields& bytes) {
    return refuses(error_code::format_refused, words, [&] { type_of(bytes); });
  };
  CHECK(is_refused("expected version 1 to 5, found 0", fields{}.u8(0x01).zeros(19)));
  CHECK(is_refused("expected version 1 to 5, found 6", fields{}.u8(0x61).zeros(19)));
  CHECK(is_refused("its elements have no bytes", float_type({.bytes = 0})));
  CHECK(is_refused("padding of texts to be 0, 1 or 2, found 3", text_type(12, 3)));
  CHECK(is_refused("expected 4 bytes from its byte 16 on, found 3", fields{}.u8(0x11).zeros(3).u32(4).zeros(11)));
  CHECK(type_of(fields{}.u8(0x1f).zeros(3).u32(4)).words == "elements of an unknown kind");
}

TEST_CASE("a dataspace has a shape, or is one element, or none", "[weights_tools]")
{
  const auto table = extents_of(dataspace_message({2, 3}).body);
  CHECK(table.shape == std::vector<std::size_t>{2, 3});
  CHECK(table.elements == 6);
  CHECK(!table.is_null);
  CHECK(extents_of(scalar_space()).elements == 1);
  CHECK(extents_of(scalar_space()).shape.empty());
  const auto null = extents_of(fields{}.u8(2).u8(0).u8(0).u8(2));
  CHECK(null.is_null);
  CHECK(null.elements == 0);
  const auto old = extents_of(fields{}.u8(1).u8(2).u8(1).zeros(5).u64(4).u64(5).u64(4).u64(undefined_address));
  CHECK(old.shape == std::vector<std::size_t>{4, 5});
  CHECK(old.elements == 20);
}

TEST_CASE("a dataspace of more elements than 64 bits count is refused, also when a zero would hide it",
          "[weights_tools]")
{
  const auto is_refused = [](const std::string& words, const fields& bytes) {
    return refuses(error_code::format_refused, words, [&] { extents_of(bytes); });
  };
  constexpr std::uint64_t half = 1ULL << 32;
  CHECK(is_refused("more elements than 64 bits can count", dataspace_message({half, half}).body));
  CHECK(is_refused("more elements than 64 bits can count", dataspace_message({0, half, half}).body));
  CHECK(is_refused("more elements than 64 bits can count", dataspace_message({half, half, 0}).body));
  CHECK(is_refused("more elements than 64 bits can count", dataspace_message({UINT64_MAX, 2}).body));
  CHECK(extents_of(dataspace_message({half, half / 2}).body).elements == 1ULL << 63);
  CHECK(extents_of(dataspace_message({half, 0}).body).elements == 0);
  CHECK(is_refused("expected at most 32 extents, found 33", fields{}.u8(2).u8(33).u8(0).u8(1).zeros(33 * 8)));
  CHECK(is_refused("expected version 1 or 2, found 3", fields{}.u8(3).zeros(8)));
  CHECK(is_refused("expected 8 bytes", fields{}.u8(2).u8(2).u8(0).u8(1).u64(1).u32(1)));
}
