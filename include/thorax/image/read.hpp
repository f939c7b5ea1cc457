// SPDX-License-Identifier: MIT
//
// read: a file becomes a picture. The content decides the format, never the file's name.

#pragma once

#include <thorax/base/file.hpp>         // mapped_file
#include <thorax/image/image.hpp>       // image
#include <thorax/image/limits.hpp>      // image_limits, refuse_film
#include <thorax/image/read_dicom.hpp>  // decode_dicom, remarked_image
#include <thorax/image/read_jpeg.hpp>   // decode_jpeg
#include <thorax/image/read_pgm.hpp>    // decode_pgm
#include <thorax/image/read_png.hpp>    // decode_png

#include <array>
#include <cstddef>  // byte, size_t
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

using namespace std::string_view_literals;

/// Formats that are not read, but that a refusal can call by their name.
struct known_format {
  std::size_t position;
  std::string_view marker;
  std::string_view name;
};
inline constexpr std::array known_formats{
  known_format{0, "BM"sv, "a BMP file"},          known_format{0, "GIF8"sv, "a GIF file"},
  known_format{0, "II*\0"sv, "a TIFF file"},      known_format{0, "MM\0*"sv, "a TIFF file"},
  known_format{8, "WEBP"sv, "a WebP file"},       known_format{4, "ftyp"sv, "an AVIF, HEIF or MP4 file"},
  known_format{0, "%PDF"sv, "a PDF file"},        known_format{4, "jP  "sv, "a JPEG 2000 file"},
  known_format{0, "P"sv, "a portable map other than P5"},
};

inline std::string what_it_is(std::string_view content)
{
  for (const known_format& format : known_formats)
    if (content.size() > format.position && content.substr(format.position).starts_with(format.marker))
      return std::string{format.name};
  return "none of them";
}

}  // namespace detail

/// Decodes a JPEG (8 bit, gray or color), a PNG (1 to 16 bit; gray, color, palette; interlaced too), a PGM (P5,
/// 8 or 16 bit) or a DICOM film (see decode_dicom). Sixteen bits of PNG and PGM become eight by rounding v / 257;
/// opacity is dropped, not composited; gamma, color profiles and the EXIF orientation are ignored. All as Keras' loader
/// does, except that Pillow cuts sixteen bits where this rounds them.
///
/// returns:  a picture of 1 channel for gray, otherwise 3, and what a DICOM file gives reason to remark
/// throws:   error{format_refused}; error{limit_exceeded} before memory is taken for the pixels
inline remarked_image decode_with_remarks(std::span<const std::byte> bytes, const std::string& name = "in memory",
                                          const image_limits& limits = {})
{
  if (bytes.size() > limits.file_bytes)
    refuse_film(error_code::limit_exceeded, name,
                "expected at most " + std::to_string(limits.file_bytes) + " bytes, found " +
                  std::to_string(bytes.size()) +
                  "; save it smaller, or, in a program of your own, pass larger image_limits");
  const std::string_view content{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (content.starts_with("\xff\xd8")) return {decode_jpeg(bytes, name, limits), {}};
  if (content.starts_with("\x89PNG\r\n\x1a\n")) return {decode_png(bytes, name, limits), {}};
  if (content.starts_with("P5")) return {decode_pgm(bytes, name, limits), {}};
  if (detail::is_dicom(content)) return decode_dicom(bytes, name, limits);
  const std::string expected = "expected the content of a JPEG, PNG, PGM (P5) or DICOM file, found ";
  if (content.empty())
    refuse_film(error_code::format_refused, name, expected + "an empty file; copy or export the film again");
  refuse_film(error_code::format_refused, name, expected + detail::what_it_is(content) + "; convert the film to PNG");
}

/// What decode_with_remarks makes, without the remarks.
inline image decode_image(std::span<const std::byte> bytes, const std::string& name = "in memory",
                          const image_limits& limits = {})
{
  return decode_with_remarks(bytes, name, limits).picture;
}

/// throws:  error{file_unreadable}, and what decode_with_remarks throws
inline remarked_image read_with_remarks(const std::filesystem::path& path, const image_limits& limits = {})
{
  const mapped_file file{path};
  return decode_with_remarks(file.bytes(), path.string(), limits);
}

/// throws:  error{file_unreadable}, and what decode_image throws
inline image read_image(const std::filesystem::path& path, const image_limits& limits = {})
{
  return read_with_remarks(path, limits).picture;
}

}  // namespace thorax
