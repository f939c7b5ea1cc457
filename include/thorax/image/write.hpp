// SPDX-License-Identifier: MIT
//
// write: a picture becomes a PNG file.

#pragma once

#include <thorax/base/error.hpp>   // error
#include <thorax/base/file.hpp>    // write_file
#include <thorax/image/image.hpp>  // image, ensure_is_picture

#include <csetjmp>
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint8_t
#include <exception>
#include <filesystem>
#include <utility>  // move
#include <vector>

#include <png.h>

namespace thorax {

namespace detail {

/// One PNG file being made. As in reading, libpng's jumps stay within one function without destructors.
class png_writer {
public:
  png_writer()
  {
    file_ = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, nullptr, [](png_structp file, png_const_charp) { png_longjmp(file, 1); },
      [](png_structp, png_const_charp) {});
    if (file_ != nullptr) info_ = png_create_info_struct(file_);
  }
  png_writer(const png_writer&) = delete;
  png_writer& operator=(const png_writer&) = delete;
  ~png_writer() { png_destroy_write_struct(&file_, &info_); }

  [[nodiscard]] bool write(const image& picture)
  {
    if (info_ == nullptr || setjmp(png_jmpbuf(file_)) != 0) return false;
    png_set_write_fn(
      file_, this,
      [](png_structp file, png_bytep from, std::size_t count) {
        if (!static_cast<png_writer*>(png_get_io_ptr(file))->append(from, count)) png_error(file, "out of memory");
      },
      [](png_structp) {});
    png_set_IHDR(file_, info_, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height), 8,
                 picture.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(file_, info_);
    for (int y = 0; y < picture.height; ++y) png_write_row(file_, picture.row(y));
    png_write_end(file_, nullptr);
    return true;
  }

  std::vector<std::byte> bytes;

private:
  // libpng is C: no exception may pass through it.
  bool append(const std::uint8_t* from, std::size_t count) noexcept
  {
    try {
      const auto* first = reinterpret_cast<const std::byte*>(from);
      bytes.insert(bytes.end(), first, first + count);
      return true;
    }
    catch (const std::exception&) {
      return false;
    }
  }

  png_structp file_{};
  png_infop info_{};
};

}  // namespace detail

/// returns:  the picture as a PNG file of 8 bits, gray or color; decode_image gives the same samples back
/// throws:   error{does_not_fit} for what is no picture
inline std::vector<std::byte> encode_png(const image& picture)
{
  ensure_is_picture(picture);
  detail::png_writer writer;
  if (!writer.write(picture))
    throw error{error_code::file_unwritable, "image: " + extents_in_words(picture) +
                                               " could not be encoded as PNG; there is too little memory, or a side "
                                               "is above libpng's 1,000,000 pixels"};
  return std::move(writer.bytes);
}

/// Writes a PNG, whatever the file is called. See write_file for what is left when writing fails.
///
/// throws:  error{file_unwritable}, error{does_not_fit}
inline void write_image(const std::filesystem::path& path, const image& picture)
{
  write_file(path, encode_png(picture));
}

}  // namespace thorax
