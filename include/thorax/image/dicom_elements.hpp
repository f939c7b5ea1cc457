// SPDX-License-Identifier: MIT
//
// dicom_elements: the data elements of a DICOM file one after another, DICOM PS3.5 7. Lengths are checked before
// anything behind them is looked at, and sequences without a length are skipped to their end, to a fixed depth.

#pragma once

#include <thorax/image/limits.hpp>  // refuse_film

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint16_t, uint32_t
#include <span>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

/// The number of one to four bytes, least significant first.
inline std::uint32_t little_endian(std::span<const std::byte> bytes)
{
  std::uint32_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return number;
}

/// One data element; its value is a part of the file.
struct dicom_element {
  std::uint32_t tag{};               ///< group and element: 0x0028'0010 is what DICOM writes as (0028,0010)
  std::string_view representation;   ///< two letters, the VR; empty where the transfer syntax leaves it out
  std::span<const std::byte> value;  ///< of a sequence, and of pixels in fragments, its items
  bool in_items{};                   ///< had no length: the value is items, and what ended them is passed
  bool implicit{};                   ///< how the elements in its items are written: without a VR
};

inline constexpr std::uint32_t dicom_pixel_data = 0x7fe0'0010;

/// A place in a file, from which elements are read.
class dicom_cursor {
public:
  /// name:  of the film, for the sentences of refusals
  /// part:  what the bytes are
  dicom_cursor(std::span<const std::byte> bytes, bool implicit, const std::string& name, const char* part = "the file")
    : bytes_{bytes}, implicit_{implicit}, name_{name}, part_{part}
  {
  }

  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }
  [[nodiscard]] std::size_t position() const { return position_; }

  /// returns:  the tag of what comes next, without passing it
  [[nodiscard]] std::uint32_t next_tag() const
  {
    if (bytes_.size() - position_ < 4) refuse("an end within a tag");
    return little_endian(bytes_.subspan(position_, 2)) << 16 | little_endian(bytes_.subspan(position_ + 2, 2));
  }

  /// returns:  the next element, behind which the place is then
  /// throws:   error{format_refused}
  dicom_element element()
  {
    dicom_element read{.tag = take_tag(), .representation = {}, .value = {}, .in_items = false, .implicit = implicit_};
    if (read.tag >> 16 == delimiters) refuse("a delimiter where an element should begin");
    const std::uint32_t length = take_header(read);
    if (length != without_length) {
      read.value = take(length);
      return read;
    }
    const bool is_sequence = read.representation.empty() || read.representation == "SQ" || read.representation == "UN";
    if (read.tag != dicom_pixel_data && !is_sequence) refuse("a value without a length");
    read.in_items = true;
    read.value = take_items(read.implicit);
    return read;
  }

  /// returns:  what is in the next item
  /// throws:   error{format_refused} if something else is next
  std::span<const std::byte> item()
  {
    if (take_tag() != item_begin) refuse("something else where an item should begin");
    const std::uint32_t length = take_number(4);
    return length == without_length ? take_elements() : take(length);
  }

  [[noreturn]] void refuse(const std::string& found) const
  {
    refuse_film(error_code::format_refused, name_,
                "expected a whole DICOM file, found " + found + " near byte " + std::to_string(position_) +
                  " of " + part_ + "; copy or export the film again");
  }

private:
  static constexpr std::uint32_t delimiters = 0xfffe;
  static constexpr std::uint32_t item_begin = 0xfffe'e000;
  static constexpr std::uint32_t item_end = 0xfffe'e00d;
  static constexpr std::uint32_t sequence_end = 0xfffe'e0dd;
  static constexpr std::uint32_t without_length = 0xffff'ffff;
  static constexpr int deepest = 32;  // films nest four or five sequences; each level is a call on the stack

  std::span<const std::byte> take(std::size_t count)
  {
    if (count > bytes_.size() - position_)
      refuse("an end before the " + std::to_string(count) + " bytes that are announced");
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }

  std::uint32_t take_number(std::size_t count) { return little_endian(take(count)); }

  std::uint32_t take_tag()
  {
    const std::uint32_t tag = next_tag();
    position_ += 4;
    return tag;
  }

  /// Reads VR and length, PS3.5 7.1.2 and 7.1.3.
  std::uint32_t take_header(dicom_element& read)
  {
    if (implicit_) return take_number(4);
    const std::span<const std::byte> letters = take(2);
    read.representation = {reinterpret_cast<const char*>(letters.data()), letters.size()};
    for (const char letter : read.representation)
      if (letter < 'A' || letter > 'Z') refuse("something else where the kind of a value (VR) should stand");
    // These have a length of two bytes, all others, also those of later editions, two unused bytes and four.
    constexpr std::string_view brief = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";
    if (brief.find(read.representation) != brief.npos) return take_number(2);
    take(2);
    // What is of an unknown kind and has no length is a sequence without VRs inside, PS3.5 6.2.2.
    if (read.representation == "UN") read.implicit = true;
    return take_number(4);
  }

  /// returns:  all items up to the end of their sequence, which is passed
  std::span<const std::byte> take_items(bool implicit)
  {
    if (++depth_ > deepest) refuse("sequences nested deeper than " + std::to_string(deepest));
    const bool outside = implicit_;
    implicit_ = implicit;
    const std::size_t begin = position_;
    while (next_tag() != sequence_end) item();
    const std::size_t end = position_;
    position_ += 4;
    if (take_number(4) != 0) refuse("the end of a sequence with a length");
    implicit_ = outside;
    --depth_;
    return bytes_.subspan(begin, end - begin);
  }

  /// returns:  all elements up to the end of their item, which is passed
  std::span<const std::byte> take_elements()
  {
    const std::size_t begin = position_;
    while (next_tag() != item_end) element();
    const std::size_t end = position_;
    position_ += 4;
    if (take_number(4) != 0) refuse("the end of an item with a length");
    return bytes_.subspan(begin, end - begin);
  }

  std::span<const std::byte> bytes_;
  bool implicit_;
  const std::string& name_;
  const char* part_;
  std::size_t position_{};
  int depth_{};
};

}  // namespace detail

}  // namespace thorax
