// SPDX-License-Identifier: MIT
//
// dicom_header: what a DICOM file says about its film, as far as reading it needs that. Nothing that names a patient,
// a hospital or a date is looked at. The names of attributes are those of DICOM PS3.6.

#pragma once

#include <thorax/image/dicom_elements.hpp>  // dicom_cursor, dicom_element
#include <thorax/image/dicom_syntax.hpp>    // dicom_syntax_of
#include <thorax/image/limits.hpp>          // refuse_film

#include <algorithm>  // all_of, binary_search
#include <array>
#include <charconv>  // from_chars
#include <cmath>     // isfinite
#include <cstddef>   // byte, size_t
#include <cstdint>   // uint32_t
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

namespace detail {

namespace dicom_tag {
inline constexpr std::uint32_t transfer_syntax = 0x0002'0010, modality = 0x0008'0060, patient_age = 0x0010'1010,
                               body_part = 0x0018'0015, view_position = 0x0018'5101, samples_per_pixel = 0x0028'0002,
                               photometric = 0x0028'0004, frames = 0x0028'0008, rows = 0x0028'0010,
                               columns = 0x0028'0011, bits_allocated = 0x0028'0100, bits_stored = 0x0028'0101,
                               high_bit = 0x0028'0102, pixel_representation = 0x0028'0103, window_center = 0x0028'1050,
                               window_width = 0x0028'1051, rescale_intercept = 0x0028'1052, rescale_slope = 0x0028'1053,
                               voi_function = 0x0028'1056, modality_lut = 0x0028'3000, lut_descriptor = 0x0028'3002,
                               lut_data = 0x0028'3006, voi_lut = 0x0028'3010, pixel_data = dicom_pixel_data;
/// What is kept of a file, in ascending order.
inline constexpr std::array kept{
  modality, patient_age, body_part, view_position, samples_per_pixel, photometric, frames, rows, columns,
  bits_allocated, bits_stored, high_bit, pixel_representation, window_center, window_width, rescale_intercept,
  rescale_slope, voi_function, modality_lut, lut_descriptor, lut_data, voi_lut, pixel_data};
}  // namespace dicom_tag

inline std::string_view without_padding(std::string_view text)
{
  const std::string_view padding{" \0", 2};
  const std::size_t begin = text.find_first_not_of(padding);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(padding) + 1 - begin);
}

/// A few letters as a sentence may repeat them: a code, and nothing that a damaged file might have put in its place.
inline std::string code_in_words(std::string_view text)
{
  if (text.empty()) return "none";
  const bool is_code = text.size() <= 16 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '_';
  });
  return is_code ? std::string{text} : "what is no code";
}

/// The elements of a film, or of an item, that mean something here.
class dicom_attributes {
public:
  /// Reads all elements up to the end of `cursor`.
  ///
  /// throws:  error{format_refused} also when tags do not ascend
  dicom_attributes(dicom_cursor cursor, const std::string& name) : name_{name}
  {
    std::uint32_t last = 0;
    while (!cursor.at_end()) {
      const dicom_element read = cursor.element();
      if (read.tag <= last) cursor.refuse("a tag that is not above the one before it");
      last = read.tag;
      if (std::binary_search(dicom_tag::kept.begin(), dicom_tag::kept.end(), last)) kept_.push_back(read);
    }
  }

  /// returns:  the element, or nullptr; one without a value is none
  [[nodiscard]] const dicom_element* find(std::uint32_t tag) const
  {
    for (const dicom_element& each : kept_)
      if (each.tag == tag) return each.value.empty() ? nullptr : &each;
    return nullptr;
  }

  /// returns:  the first value of a text, without padding; empty if there is none
  [[nodiscard]] std::string_view text(std::uint32_t tag) const
  {
    const dicom_element* const found = find(tag);
    if (found == nullptr) return {};
    const std::string_view all{reinterpret_cast<const char*>(found->value.data()), found->value.size()};
    return without_padding(all.substr(0, all.find('\\')));
  }

  /// returns:  a number of two bytes (VR US)
  [[nodiscard]] std::uint32_t number(std::uint32_t tag, const char* what) const
  {
    const dicom_element* const found = find(tag);
    if (found == nullptr || found->value.size() != 2) refuse(what, "a number of two bytes", found != nullptr);
    return little_endian(found->value);
  }

  /// returns:  the first number of a text (VR DS or IS), or `otherwise` if there is none
  [[nodiscard]] double decimal(std::uint32_t tag, const char* what, double otherwise) const
  {
    std::string_view digits = text(tag);
    if (digits.empty()) return otherwise;
    if (digits.front() == '+') digits.remove_prefix(1);
    double value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, failure] = std::from_chars(digits.data(), end, value);
    if (failure != std::errc{} || stopped != end || !std::isfinite(value)) refuse(what, "a decimal number", true);
    return value;
  }

  /// returns:  what is in the first item of a sequence
  [[nodiscard]] dicom_attributes first_item(const dicom_element& sequence, const char* what) const
  {
    const std::span<const std::byte> item = dicom_cursor{sequence.value, sequence.implicit, name_, what}.item();
    return {dicom_cursor{item, sequence.implicit, name_, what}, name_};
  }

  /// Throws: "film 'name': expected `what` to be `expected`, found …".
  [[noreturn]] void refuse(const char* what, const std::string& expected, bool is_there) const
  {
    refuse_film(error_code::format_refused, name_,
                std::string{"expected "} + what + " to be " + expected + ", found " +
                  (is_there ? "something else" : "none") + "; the file is damaged, export the film again");
  }
  [[nodiscard]] const std::string& name() const { return name_; }

private:
  const std::string& name_;
  std::vector<dicom_element> kept_;
};

/// A film before its pixels are looked at.
struct dicom_file {
  dicom_coding coding{};
  dicom_attributes attributes;
};

/// Reads a file from its beginning to its end, PS3.10 7.1: 128 bytes of anything, "DICM", the meta elements, which say
/// how the others are written, and the others.
inline dicom_file read_dicom_elements(std::span<const std::byte> bytes, const std::string& name)
{
  constexpr std::size_t preamble = 132;
  dicom_cursor meta{bytes.subspan(preamble), false, name, "the part after DICM"};
  std::string_view uid;
  while (!meta.at_end() && meta.next_tag() >> 16 == 2) {
    const dicom_element read = meta.element();
    if (read.tag == dicom_tag::transfer_syntax)
      uid = without_padding({reinterpret_cast<const char*>(read.value.data()), read.value.size()});
  }
  const dicom_syntax syntax = dicom_syntax_of(uid, name);
  const dicom_cursor film{bytes.subspan(preamble + meta.position()), syntax.implicit, name, "the data set"};
  return {syntax.coding, dicom_attributes{film, name}};
}

/// What the pixels are.
struct dicom_samples {
  std::size_t rows{};
  std::size_t columns{};
  std::uint32_t bits_allocated{};
  std::uint32_t bits_stored{};
  bool is_signed{};
  bool is_inverted{};  ///< MONOCHROME1: the smallest value is white

  [[nodiscard]] std::size_t pixels() const { return rows * columns; }
  /// returns:  the number that the lowest bits of a sample mean
  [[nodiscard]] int value(std::uint32_t bits) const
  {
    const auto number = static_cast<int>(bits);
    return is_signed && bits >> (bits_stored - 1) != 0 ? number - (1 << bits_stored) : number;
  }
};

/// throws:  error{format_refused}: one frame, one sample a pixel, 8 to 16 bits; error{limit_exceeded}
inline dicom_samples samples_of(const dicom_attributes& film, const image_limits& limits)
{
  const std::string photometric = code_in_words(film.text(dicom_tag::photometric));
  const auto refuse = [&](const std::string& sentence) {
    refuse_film(error_code::format_refused, film.name(), sentence);
  };
  if (photometric != "MONOCHROME1" && photometric != "MONOCHROME2")
    refuse("expected a gray film, MONOCHROME1 or MONOCHROME2, found " + photometric + "; export the film as gray");
  if (const double frames = film.decimal(dicom_tag::frames, "NumberOfFrames", 1); frames != 1)
    refuse("expected a single frame, found several; export the films one by one");
  if (film.number(dicom_tag::samples_per_pixel, "SamplesPerPixel") != 1)
    film.refuse("SamplesPerPixel", "1 for a gray film", true);
  dicom_samples out{
    .rows = film.number(dicom_tag::rows, "Rows"),
    .columns = film.number(dicom_tag::columns, "Columns"),
    .bits_allocated = film.number(dicom_tag::bits_allocated, "BitsAllocated"),
    .bits_stored = film.number(dicom_tag::bits_stored, "BitsStored"),
    .is_signed = film.number(dicom_tag::pixel_representation, "PixelRepresentation") == 1,
    .is_inverted = photometric == "MONOCHROME1",
  };
  const std::uint32_t high_bit = film.number(dicom_tag::high_bit, "HighBit");
  const bool is_whole = out.bits_allocated == 8 || out.bits_allocated == 16;
  if (!is_whole || out.bits_stored < 8 || out.bits_stored > out.bits_allocated || high_bit + 1 != out.bits_stored)
    refuse("expected 8 to 16 bits stored, the lowest of 8 or 16 allocated, found " + std::to_string(out.bits_stored) +
           " of " + std::to_string(out.bits_allocated) + " up to bit " + std::to_string(high_bit) +
           "; export the film again");
  ensure_within(limits, film.name(), out.rows, out.columns);
  return out;
}

}  // namespace detail

}  // namespace thorax
