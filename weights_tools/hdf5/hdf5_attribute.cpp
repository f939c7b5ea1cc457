// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_attribute.hpp"

#include "hdf5/hdf5_btree.hpp"         // visit_records
#include "hdf5/hdf5_fractal_heap.hpp"  // hdf5_fractal_heap

#include <thorax/model/json_writer.hpp>  // shown

#include <optional>
#include <string_view>
#include <utility>  // move

namespace thorax::tools {

namespace {

constexpr std::string_view attribute_name = "an attribute";

std::string_view without_trailing(std::string_view text, char filling)
{
  const std::size_t last = text.find_last_not_of(filling);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view without_padding(std::string_view text, hdf5_padding padding)
{
  switch (padding) {
  case hdf5_padding::ends_with_nul:
    return text.substr(0, text.find('\0'));
  case hdf5_padding::filled_with_nul:
    return without_trailing(text, '\0');
  case hdf5_padding::filled_with_spaces:
    return without_trailing(text, ' ');
  }
  return text;
}

/// The parts of an attribute message.
struct attribute_parts {
  std::string_view name;
  bool is_shared;  ///< datatype or dataspace stand elsewhere
  hdf5_cursor type;
  hdf5_cursor space;
};

attribute_parts read_parts(hdf5_cursor& message)
{
  const std::uint32_t version = message.u8();
  if (version < 1 || version > 3) message.refuse("expected version 1 to 3, found " + std::to_string(version));
  const std::uint32_t flags = message.u8();
  const std::uint32_t name_bytes = message.u16();
  const std::uint32_t type_bytes = message.u16();
  const std::uint32_t space_bytes = message.u16();
  if (version == 3) message.skip(1);  // ASCII or UTF-8
  // Version 1 rounds each part up to 8 bytes.
  const auto padded = [&](std::uint32_t bytes) { return version == 1 ? (bytes + 7U) / 8U * 8U : bytes; };
  const std::string_view name = text_of(message.take(padded(name_bytes))).substr(0, name_bytes);
  const std::size_t end = name.find('\0');
  if (end == 0 || end == std::string_view::npos) message.refuse("its name is empty or has no end");
  const hdf5_cursor type = message.piece(padded(type_bytes), "the datatype of an attribute");
  const hdf5_cursor space = message.piece(padded(space_bytes), "the dataspace of an attribute");
  return {name.substr(0, end), version > 1 && (flags & 3U) != 0, type, space};
}

}  // namespace

void hdf5_attributes::read(hdf5_cursor message, hdf5_texts& texts)
{
  attribute_parts parts = read_parts(message);
  // Messages may overlap in a heap: whatever is looked at is counted, not only what is kept.
  space_->charge(parts.name.size());
  if (parts.is_shared) return;  // of a datatype with a name, which no texts of Keras have
  const hdf5_datatype type = read_datatype(parts.type);
  if (!type.text) return;
  const hdf5_dataspace extents = read_dataspace(parts.space);
  if (extents.is_null) return;
  const std::optional<std::uint64_t> bytes = checked_product(extents.elements, type.bytes);
  if (!bytes) message.refuse("it has more bytes than 64 bits can count");
  hdf5_cursor data = message.piece(*bytes, "the texts of an attribute");
  space_->charge(sizeof(hdf5_texts::value_type) + data.left());
  std::string name{parts.name};
  if (texts.contains(name)) message.refuse("a second one has the name " + shown(name));
  texts.emplace(std::move(name), read_texts(data, type, extents.elements));
}

std::vector<std::string> hdf5_attributes::read_texts(hdf5_cursor& data, const hdf5_datatype& type,
                                                     std::uint64_t elements)
{
  const std::size_t reference_bytes = 4 + space_->context().offset_bytes + 4;
  if (type.text->is_variable && type.bytes != reference_bytes)
    data.refuse("expected references of " + std::to_string(reference_bytes) + " bytes, found " +
                std::to_string(type.bytes));
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < elements; ++i) {
    space_->charge(sizeof(std::string));
    if (type.text->is_variable) texts.push_back(read_variable(data));
    else texts.emplace_back(without_padding(text_of(data.take(type.bytes)), type.text->padding));
  }
  return texts;
}

// Length, heap and number within the heap (specification, chapter III.E).
std::string hdf5_attributes::read_variable(hdf5_cursor& data)
{
  const std::uint32_t bytes = data.u32();
  const std::optional<std::uint64_t> heap = data.address();
  const std::uint32_t number = data.u32();
  if (bytes == 0) return {};
  if (!heap) data.refuse("a text of " + std::to_string(bytes) + " bytes has no address");
  const std::string_view found = text_of(heaps_.object(*heap, number));
  if (bytes > found.size())
    data.refuse("expected a text of " + std::to_string(bytes) + " bytes, found " + std::to_string(found.size()));
  space_->charge(bytes);
  // Some programs count the NUL at the end.
  return std::string{without_padding(found.substr(0, bytes), hdf5_padding::ends_with_nul)};
}

void hdf5_attributes::read_dense(hdf5_cursor info, hdf5_texts& texts)
{
  info.expect_version(0);
  const std::uint32_t flags = info.u8();
  if ((flags & 1U) != 0) info.skip(2);  // the largest creation index
  const std::optional<std::uint64_t> heap_address = info.address();
  const std::optional<std::uint64_t> names = info.address();
  if (!heap_address) return;
  if (!names) info.refuse("its attributes have no index");
  hdf5_fractal_heap heap{*space_, *heap_address, attribute_name};
  const std::size_t record_bytes = heap.id_bytes() + 1 + 4 + 4;  // flags, creation order, hash of the name
  visit_records(*space_, *names, hdf5_record_kind::attribute_name, record_bytes, [&](hdf5_cursor record) {
    const hdf5_cursor message = heap.object(record);
    if ((record.u8() & 2U) != 0)
      space_->context().unsupported("an attribute is shared between objects, which is not read; save the weights "
                                    "again without shared messages");
    read(message, texts);
  });
}

}  // namespace thorax::tools
