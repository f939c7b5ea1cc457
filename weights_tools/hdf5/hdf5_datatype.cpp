// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_datatype.hpp"

#include <array>

namespace thorax::tools {

namespace {

/// Where the parts of a floating-point number lie, in bits.
struct float_layout {
  storage format;
  std::uint64_t bytes;
  std::uint32_t exponent_place;
  std::uint32_t exponent_bits;
  std::uint32_t bias;
};

constexpr std::array<float_layout, 4> float_layouts{{{storage::f64, 8, 52, 11, 1023},
                                                     {storage::f32, 4, 23, 8, 127},
                                                     {storage::f16, 2, 10, 5, 15},
                                                     {storage::bf16, 2, 7, 8, 127}}};

constexpr std::array<const char*, 12> class_words{"whole numbers", "floating-point numbers of an unusual form",
                                                  "times",         "texts",
                                                  "bit fields",    "opaque bytes",
                                                  "compounds",     "references",
                                                  "enumerations",  "sequences of varying length",
                                                  "arrays",        "complex numbers"};

constexpr std::uint32_t floats = 1;
constexpr std::uint32_t texts = 3;
constexpr std::uint32_t sequences = 9;

void read_float(hdf5_cursor& cursor, std::uint32_t bits, hdf5_datatype& type)
{
  const std::uint32_t offset = cursor.u16();
  const std::uint32_t precision = cursor.u16();
  const std::uint32_t exponent_place = cursor.u8();
  const std::uint32_t exponent_bits = cursor.u8();
  const std::uint32_t mantissa_place = cursor.u8();
  const std::uint32_t mantissa_bits = cursor.u8();
  const std::uint32_t bias = cursor.u32();
  const std::uint32_t sign_place = bits >> 8U;
  const bool has_implied_one = (bits & 0x30U) == 0x20U;
  const bool has_plain_order = (bits & 0x40U) == 0;
  if (offset != 0 || mantissa_place != 0 || !has_implied_one || !has_plain_order) return;
  for (const float_layout& each : float_layouts)
    if (each.bytes == type.bytes && precision == 8 * each.bytes && sign_place == precision - 1 &&
        exponent_place == each.exponent_place && exponent_bits == each.exponent_bits &&
        mantissa_bits == each.exponent_place && bias == each.bias)
      type.format = each.format;
  type.big_endian = (bits & 1U) != 0;
}

hdf5_text_type read_text(const hdf5_cursor& cursor, std::uint32_t padding, bool is_variable)
{
  if (padding > 2)
    cursor.refuse("expected the padding of texts to be 0, 1 or 2, found " + std::to_string(padding));
  return {is_variable, static_cast<hdf5_padding>(padding)};
}

}  // namespace

hdf5_datatype read_datatype(hdf5_cursor& cursor)
{
  const std::uint32_t head = cursor.u8();
  const std::uint32_t version = head >> 4U;
  const std::uint32_t kind = head & 0x0fU;
  if (version < 1 || version > 5) cursor.refuse("expected version 1 to 5, found " + std::to_string(version));
  const auto bits = static_cast<std::uint32_t>(cursor.number(3));
  hdf5_datatype type;
  type.bytes = cursor.u32();
  if (type.bytes == 0) cursor.refuse("its elements have no bytes");
  type.words = kind < class_words.size() ? class_words[kind] : "elements of an unknown kind";
  if (kind == floats) read_float(cursor, bits, type);
  else if (kind == texts) type.text = read_text(cursor, bits & 0x0fU, false);
  else if (kind == sequences && (bits & 0x0fU) == 1) {
    type.text = read_text(cursor, (bits >> 4U) & 0x0fU, true);
    type.words = class_words[texts];
  }
  return type;
}

hdf5_dataspace read_dataspace(hdf5_cursor& cursor)
{
  const std::uint32_t version = cursor.u8();
  if (version != 1 && version != 2) cursor.refuse("expected version 1 or 2, found " + std::to_string(version));
  const std::uint32_t rank = cursor.u8();
  cursor.skip(1);  // whether largest extents follow
  hdf5_dataspace space;
  if (version == 1) cursor.skip(1 + 4);
  else space.is_null = cursor.u8() == 2;
  constexpr std::uint32_t most_extents = 32;
  if (rank > most_extents) cursor.refuse("expected at most 32 extents, found " + std::to_string(rank));
  std::optional<std::uint64_t> product = 1;
  bool is_empty = space.is_null;
  for (std::uint32_t i = 0; i < rank; ++i) {
    const std::uint64_t extent = cursor.length();
    space.shape.push_back(static_cast<std::size_t>(extent));
    // A zero among the extents must not hide that the others overflow.
    if (extent == 0) is_empty = true;
    else product = checked_product(*product, extent);
    if (!product) cursor.refuse("it has more elements than 64 bits can count");
  }
  space.elements = is_empty ? 0 : *product;
  return space;
}

}  // namespace thorax::tools
