// SPDX-License-Identifier: MIT
//
// dicom_films: DICOM files for tests, written element by element, so that every part of them can be wrong.

#pragma once

#include "image/pictures.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// `count` bytes, least significant first.
inline std::string bytes_of_number(std::uint32_t number, int count)
{
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>(number >> (8 * i) & 255);
  return out;
}

inline std::string tag_bytes(std::uint32_t tag)
{
  return bytes_of_number(tag >> 16, 2) + bytes_of_number(tag & 0xffff, 2);
}

/// Stands where a length should: the value ends with a delimiter.
inline constexpr std::uint32_t without_length = 0xffff'ffff;

/// An element with its VR.
inline std::string element_bytes(std::uint32_t tag, const std::string& vr, std::string value, bool has_length = true)
{
  if (value.size() % 2 != 0) value += vr == "UI" || vr == "OB" ? '\0' : ' ';
  const auto length = has_length ? static_cast<std::uint32_t>(value.size()) : without_length;
  const bool is_long = vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UN";
  const std::string length_bytes =
    is_long ? std::string(2, '\0') + bytes_of_number(length, 4) : bytes_of_number(length, 2);
  return tag_bytes(tag) + vr + length_bytes + value;
}

inline std::string item_bytes(const std::string& content)
{
  return tag_bytes(0xfffe'e000) + bytes_of_number(static_cast<std::uint32_t>(content.size()), 4) + content;
}
inline std::string sequence_end() { return tag_bytes(0xfffe'e0dd) + bytes_of_number(0, 4); }

/// A film of 2 rows of 3 pixels, 8 bits each, with a window that changes nothing: value 0 to 255 is the gray.
struct dicom_film {
  struct field {
    std::string vr;
    std::string value;
    bool has_length{true};
  };
  std::string syntax{"1.2.840.10008.1.2.1"};
  std::map<std::uint32_t, field> fields{
    {0x0008'0060, {"CS", "DX"}},
    {0x0010'0010, {"PN", "Phantom^Paul"}},
    {0x0010'1010, {"AS", "003Y"}},
    {0x0018'0015, {"CS", "CHEST"}},
    {0x0018'5101, {"CS", "PA"}},
    {0x0028'0002, {"US", bytes_of_number(1, 2)}},
    {0x0028'0004, {"CS", "MONOCHROME2"}},
    {0x0028'0010, {"US", bytes_of_number(2, 2)}},
    {0x0028'0011, {"US", bytes_of_number(3, 2)}},
    {0x0028'0100, {"US", bytes_of_number(8, 2)}},
    {0x0028'0101, {"US", bytes_of_number(8, 2)}},
    {0x0028'0102, {"US", bytes_of_number(7, 2)}},
    {0x0028'0103, {"US", bytes_of_number(0, 2)}},
    {0x0028'1050, {"DS", "128"}},
    {0x0028'1051, {"DS", "256"}},
    {0x7fe0'0010, {"OB", std::string{"\x00\x33\x66\x99\xcc\xff", 6}}},
  };

  dicom_film& set(std::uint32_t tag, const std::string& vr, const std::string& value, bool has_length = true)
  {
    fields[tag] = {vr, value, has_length};
    return *this;
  }
  dicom_film& set_number(std::uint32_t tag, std::uint32_t number) { return set(tag, "US", bytes_of_number(number, 2)); }
  dicom_film& without(std::uint32_t tag)
  {
    fields.erase(tag);
    return *this;
  }

  [[nodiscard]] std::string text() const
  {
    std::string out = std::string(128, '\0') + "DICM" + element_bytes(0x0002'0010, "UI", syntax);
    for (const auto& [tag, each] : fields) out += element_bytes(tag, each.vr, each.value, each.has_length);
    return out;
  }
  [[nodiscard]] std::vector<std::byte> bytes() const { return bytes_of(text()); }
};
