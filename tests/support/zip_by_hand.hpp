// SPDX-License-Identifier: MIT
//
// zip_by_hand: ZIP files of which every field can then be set to what no honest program would write.

#pragma once

#include <thorax/base/checksum.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace thorax::tests {

/// Appends a number, lowest byte first.
template<class Number>
void append_number(std::string& bytes, std::uint64_t value)
{
  for (std::size_t i = 0; i < sizeof(Number); ++i) bytes += static_cast<char>(value >> (8 * i) & 0xffU);
}

/// Overwrites a number.
template<class Number>
void set_number(std::string& bytes, std::size_t place, std::uint64_t value)
{
  std::string number;
  append_number<Number>(number, value);
  bytes.replace(place, number.size(), number);
}

inline std::span<const std::byte> bytes_in(const std::string& text) { return std::as_bytes(std::span{text}); }

struct zip_member_by_hand {
  std::string name;
  std::string bytes;
  bool is_described{};  ///< the sizes follow the bytes, as PyTorch and streams write them
  bool is_wide{};       ///< the sizes stand in a ZIP64 extra field, as those above 4 GB do
};

/// A file and where its records begin.
struct zip_by_hand {
  std::string bytes;
  std::vector<std::size_t> locals;
  std::vector<std::size_t> centrals;
  std::size_t zip64_end{};
  std::size_t locator{};
  std::size_t end{};
};

/// Checksum, packed and unpacked size, as they stand in local and central headers.
inline void append_sizes(std::string& bytes, const zip_member_by_hand& member, bool are_zero)
{
  append_number<std::uint32_t>(bytes, are_zero ? 0 : crc32(bytes_in(member.bytes)));
  for (int i = 0; i < 2; ++i)
    append_number<std::uint32_t>(bytes, member.is_wide ? 0xffffffffU : are_zero ? 0 : member.bytes.size());
}

/// returns:  a ZIP64 extra field of these numbers
inline std::string zip64_field(const std::vector<std::uint64_t>& numbers)
{
  std::string field;
  append_number<std::uint16_t>(field, 1);
  append_number<std::uint16_t>(field, 8 * numbers.size());
  for (const std::uint64_t each : numbers) append_number<std::uint64_t>(field, each);
  return field;
}

inline void append_local(zip_by_hand& file, const zip_member_by_hand& member)
{
  std::string& bytes = file.bytes;
  const std::uint64_t size = member.is_described ? 0 : member.bytes.size();
  // An unknown field in front: others may say what they want.
  const std::string extra = member.is_wide ? std::string{"FB\1\0Z", 5} + zip64_field({size, size}) : "";
  file.locals.push_back(bytes.size());
  bytes += std::string{"PK\3\4\x14\0", 6};
  append_number<std::uint16_t>(bytes, member.is_described ? 0x808 : 0);
  bytes += std::string(6, '\0');  // method, time, date
  append_sizes(bytes, member, member.is_described);
  append_number<std::uint16_t>(bytes, member.name.size());
  append_number<std::uint16_t>(bytes, extra.size());
  bytes += member.name + extra + member.bytes;
  if (!member.is_described) return;
  bytes += "PK\7\b";
  zip_member_by_hand narrow = member;
  narrow.is_wide = false;
  append_sizes(bytes, narrow, false);
}

inline void append_central(zip_by_hand& file, const zip_member_by_hand& member, std::size_t local)
{
  std::string& bytes = file.bytes;
  const std::string extra = member.is_wide ? zip64_field({member.bytes.size(), member.bytes.size(), local}) : "";
  file.centrals.push_back(bytes.size());
  bytes += std::string{"PK\1\2\x14\0\x14\0", 8};
  append_number<std::uint16_t>(bytes, member.is_described ? 0x808 : 0);
  bytes += std::string(6, '\0');
  append_sizes(bytes, member, false);
  append_number<std::uint16_t>(bytes, member.name.size());
  append_number<std::uint16_t>(bytes, extra.size());
  bytes += std::string(10, '\0');  // comment, disk, attributes
  append_number<std::uint32_t>(bytes, member.is_wide ? 0xffffffffU : local);
  bytes += member.name + extra;
}

/// returns:  a file of these members, with ZIP64 end record and locator if asked for
inline zip_by_hand make_zip(const std::vector<zip_member_by_hand>& members, bool is_zip64 = false,
                            const std::string& comment = "")
{
  zip_by_hand file;
  for (const zip_member_by_hand& each : members) append_local(file, each);
  const std::size_t directory = file.bytes.size();
  for (std::size_t i = 0; i < members.size(); ++i) append_central(file, members[i], file.locals[i]);
  const std::size_t directory_bytes = file.bytes.size() - directory;
  if (is_zip64) {
    file.zip64_end = file.bytes.size();
    file.bytes += std::string{"PK\6\6\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0", 24};
    for (const std::uint64_t each : {members.size(), members.size(), directory_bytes, directory})
      append_number<std::uint64_t>(file.bytes, each);
    file.locator = file.bytes.size();
    file.bytes += std::string{"PK\6\7\0\0\0\0", 8};
    append_number<std::uint64_t>(file.bytes, file.zip64_end);
    append_number<std::uint32_t>(file.bytes, 1);
  }
  file.end = file.bytes.size();
  file.bytes += std::string{"PK\5\6\0\0\0\0", 8};
  for (int i = 0; i < 2; ++i) append_number<std::uint16_t>(file.bytes, is_zip64 ? 0xffff : members.size());
  append_number<std::uint32_t>(file.bytes, is_zip64 ? 0xffffffffU : directory_bytes);
  append_number<std::uint32_t>(file.bytes, is_zip64 ? 0xffffffffU : directory);
  append_number<std::uint16_t>(file.bytes, comment.size());
  file.bytes += comment;
  return file;
}

}  // namespace thorax::tests
