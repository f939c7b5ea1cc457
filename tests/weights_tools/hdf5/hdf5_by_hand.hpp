// SPDX-License-Identifier: MIT
//
// hdf5_by_hand: HDF5 files that no honest program would write, field by field.

#pragma once

#include "hdf5/hdf5_checksum.hpp"
#include "hdf5/hdf5_space.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

constexpr std::uint64_t undefined_address = UINT64_MAX;

/// Little-endian fields, one after the other.
struct fields {
  std::vector<std::byte> bytes;

  fields& number(std::uint64_t value, int width)
  {
    for (int i = 0; i < width; ++i) bytes.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xffU));
    return *this;
  }
  fields& u8(std::uint64_t value) { return number(value, 1); }
  fields& u16(std::uint64_t value) { return number(value, 2); }
  fields& u32(std::uint64_t value) { return number(value, 4); }
  fields& u64(std::uint64_t value) { return number(value, 8); }
  // Not inlined: g++ 12 would warn of an overflow that is not there.
  [[gnu::noinline]] fields& zeros(std::size_t count)
  {
    bytes.resize(bytes.size() + count);
    return *this;
  }
  fields& text(std::string_view letters)
  {
    for (const char each : letters) bytes.push_back(static_cast<std::byte>(each));
    return *this;
  }
  [[gnu::noinline]] fields& add(const fields& more)
  {
    bytes.insert(bytes.end(), more.bytes.begin(), more.bytes.end());
    return *this;
  }
  fields& checksum() { return u32(thorax::tools::hdf5_checksum(bytes)); }
  fields& padded(std::size_t multiple) { return zeros((multiple - bytes.size() % multiple) % multiple); }
};

/// A message of an object header.
struct message_by_hand {
  std::uint32_t kind{};
  fields body;
  std::uint32_t flags{};
};

inline message_by_hand dataspace_message(std::initializer_list<std::uint64_t> shape)
{
  fields body;
  body.u8(2).u8(shape.size()).u8(0).u8(1);
  for (const std::uint64_t extent : shape) body.u64(extent);
  return {0x01, body};
}

inline fields f32_type()
{
  return fields{}.u8(0x11).u8(0x20).u8(31).u8(0).u32(4).u16(0).u16(32).u8(23).u8(8).u8(0).u8(23).u32(127);
}

inline message_by_hand f32_message() { return {0x03, f32_type()}; }

inline message_by_hand contiguous_message(std::uint64_t address, std::uint64_t bytes)
{
  return {0x08, fields{}.u8(3).u8(1).u64(address).u64(bytes)};
}

inline message_by_hand link_message(std::string_view name, std::uint64_t address)
{
  return {0x06, fields{}.u8(1).u8(1).u16(name.size()).text(name).u64(address)};
}

/// A group without members in it.
inline message_by_hand group_message()
{
  return {0x02, fields{}.u8(0).u8(0).u64(undefined_address).u64(undefined_address)};
}

/// Version 3, one text whose type and bytes are given.
inline message_by_hand attribute_message(std::string_view name, const fields& type, const fields& space,
                                         const fields& data)
{
  fields body;
  body.u8(3).u8(0).u16(name.size() + 1).u16(type.bytes.size()).u16(space.bytes.size()).u8(0);
  return {0x0c, body.text(name).u8(0).add(type).add(space).add(data)};
}

/// A text of `bytes` bytes, which are filled up with NUL.
inline fields text_type(std::uint64_t bytes, std::uint64_t padding = 1)
{
  return fields{}.u8(0x13).u8(padding).u16(0).u32(bytes);
}

inline fields variable_text_type() { return fields{}.u8(0x19).u8(0x01).u16(0).u32(16).add(text_type(1, 0)); }

inline fields scalar_space() { return fields{}.u8(2).u8(0).u8(0).u8(0); }

inline fields old_messages(const std::vector<message_by_hand>& messages)
{
  fields all;
  for (const message_by_hand& each : messages) {
    fields body = each.body;
    body.padded(8);
    all.u16(each.kind).u16(body.bytes.size()).u8(each.flags).zeros(3).add(body);
  }
  return all;
}

/// Version 1; `more` is how many messages stand in continuations.
inline fields old_header(const std::vector<message_by_hand>& messages, std::size_t more = 0)
{
  const fields all = old_messages(messages);
  return fields{}.u8(1).u8(0).u16(messages.size() + more).u32(1).u32(all.bytes.size()).u32(0).add(all);
}

inline fields new_messages(const std::vector<message_by_hand>& messages)
{
  fields all;
  for (const message_by_hand& each : messages)
    all.u8(each.kind).u16(each.body.bytes.size()).u8(each.flags).add(each.body);
  return all;
}

/// Version 2, with its checksum.
inline fields new_header(const std::vector<message_by_hand>& messages)
{
  const fields all = new_messages(messages);
  return fields{}.text("OHDR").u8(2).u8(2).u32(all.bytes.size()).add(all).checksum();
}

/// A file with a version 0 superblock that grows at its end.
class hdf5_by_hand {
public:
  static constexpr std::uint64_t begin = 96;  // after the superblock

  hdf5_by_hand() { file_.zeros(begin); }

  /// returns:  the address of what is placed next
  [[nodiscard]] std::uint64_t next() const { return file_.bytes.size(); }

  std::uint64_t place(const fields& piece)
  {
    const std::uint64_t address = next();
    file_.add(piece).padded(8);
    return address;
  }

  std::uint64_t place_object(const std::vector<message_by_hand>& messages) { return place(old_header(messages)); }

  /// A dataset of zeros.
  std::uint64_t place_zeros(std::uint64_t count)
  {
    const std::uint64_t numbers = place(fields{}.zeros(4 * count));
    return place_object({dataspace_message({count}), f32_message(), contiguous_message(numbers, 4 * count)});
  }

  [[nodiscard]] std::vector<std::byte> finished(std::uint64_t root) const
  {
    fields block;
    block.text("\x89HDF\r\n\x1a\n").zeros(5).u8(8).u8(8).zeros(1).u16(4).u16(16).u32(0);
    block.u64(0).u64(undefined_address).u64(next()).u64(undefined_address);
    block.u64(0).u64(root).zeros(24);
    std::vector<std::byte> whole = block.bytes;
    whole.insert(whole.end(), file_.bytes.begin() + static_cast<std::ptrdiff_t>(begin), file_.bytes.end());
    return whole;
  }

  /// A file whose root group has these messages.
  [[nodiscard]] std::vector<std::byte> finished(const std::vector<message_by_hand>& root)
  {
    return finished(place_object(root));
  }

private:
  fields file_;
};

/// Bytes and the address space over them; addresses begin at 0.
struct space_by_hand {
  explicit space_by_hand(fields bytes_) : bytes{std::move(bytes_)} {}

  fields bytes;
  thorax::tools::hdf5_space space{{"'x.h5'", {}, 8, 8}, bytes.bytes, 0};
};
