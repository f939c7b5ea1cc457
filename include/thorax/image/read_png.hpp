// SPDX-License-Identifier: MIT
//
// read_png: libpng with limits, and only the chunks that matter for gray values.

#pragma once

#include <thorax/image/image.hpp>   // image
#include <thorax/image/limits.hpp>  // image_limits, refuse_film

#include <array>
#include <csetjmp>
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint8_t
#include <cstdio>   // snprintf
#include <cstring>  // memcpy
#include <span>
#include <string>

#include <png.h>

namespace thorax {

namespace detail {

/// One PNG file being decoded. libpng reports an error by a jump that skips destructors; the jumps start and end
/// within `read_header` and `read_pixels`, which hold nothing that has one.
class png_reader {
public:
  explicit png_reader(std::span<const std::byte> bytes) : bytes_{bytes}
  {
    file_ = png_create_read_struct(
      PNG_LIBPNG_VER_STRING, this,
      [](png_structp file, png_const_charp message) {
        auto& owner = *static_cast<png_reader*>(png_get_error_ptr(file));
        std::snprintf(owner.message_.data(), owner.message_.size(), "%s", message);
        png_longjmp(file, 1);
      },
      [](png_structp, png_const_charp) {});
    if (file_ != nullptr) info_ = png_create_info_struct(file_);
  }
  png_reader(const png_reader&) = delete;
  png_reader& operator=(const png_reader&) = delete;
  ~png_reader() { png_destroy_read_struct(&file_, &info_, nullptr); }

  /// Reads up to the pixels and asks for eight bits, without opacity, palettes expanded.
  [[nodiscard]] bool read_header(png_uint_32 most_side)
  {
    if (info_ == nullptr || setjmp(png_jmpbuf(file_)) != 0) return false;
    png_set_user_limits(file_, most_side, most_side);
    png_set_crc_action(file_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // Profiles, texts and the like change no gray value here, and their decompression has had its faults.
    png_set_keep_unknown_chunks(file_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_read_fn(file_, this, [](png_structp file, png_bytep to, std::size_t count) {
      static_cast<png_reader*>(png_get_io_ptr(file))->hand_over(to, count);
    });
    png_read_info(file_, info_);
    png_set_scale_16(file_);
    png_set_expand_gray_1_2_4_to_8(file_);
    png_set_palette_to_rgb(file_);
    png_set_strip_alpha(file_);
    passes_ = png_set_interlace_handling(file_);
    png_read_update_info(file_, info_);
    return true;
  }

  /// Reads all rows into `samples`, which lie `row_samples` apart, and on to the end of the file.
  [[nodiscard]] bool read_pixels(std::uint8_t* samples, std::size_t row_samples)
  {
    if (setjmp(png_jmpbuf(file_)) != 0) return false;
    for (int pass = 0; pass < passes_; ++pass)
      for (png_uint_32 y = 0; y < png_get_image_height(file_, info_); ++y)
        png_read_row(file_, samples + y * row_samples, nullptr);
    png_read_end(file_, nullptr);
    return true;
  }

  [[nodiscard]] std::size_t height() const { return png_get_image_height(file_, info_); }
  [[nodiscard]] std::size_t width() const { return png_get_image_width(file_, info_); }
  [[nodiscard]] int channels() const { return png_get_channels(file_, info_); }
  [[nodiscard]] std::size_t row_samples() const { return png_get_rowbytes(file_, info_); }
  [[nodiscard]] std::string message() const { return message_.data(); }

private:
  void hand_over(png_bytep to, std::size_t count)
  {
    if (count > bytes_.size()) png_error(file_, "the file ends too early");
    std::memcpy(to, bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
  }

  std::span<const std::byte> bytes_;
  std::array<char, 200> message_{"libpng could not be started"};
  png_structp file_{};
  png_infop info_{};
  int passes_{};
};

/// The number of four bytes at `position`, most significant first.
inline std::size_t big_endian(std::span<const std::byte> bytes, std::size_t position)
{
  std::size_t number = 0;
  for (const std::byte digit : bytes.subspan(position, 4)) number = number << 8 | std::to_integer<std::size_t>(digit);
  return number;
}

[[noreturn]] inline void refuse_png(const std::string& message, const std::string& name)
{
  refuse_film(error_code::format_refused, name,
              "expected a whole PNG, found '" + message + "'; copy or export the film again");
}

}  // namespace detail

/// Decodes a PNG of 1 to 16 bits, interlaced or not. Gray stays gray; color and palettes become red, green, blue.
/// Sixteen bits become eight by rounding v / 257; opacity is dropped.
///
/// throws:   error{format_refused}; error{limit_exceeded} before libpng sees a byte
inline image decode_png(std::span<const std::byte> bytes, const std::string& name = "in memory",
                        const image_limits& limits = {})
{
  // Signature (8 bytes), length (4) and name (4) of the first chunk, then width and height.
  constexpr std::size_t at_width = 16;
  constexpr std::size_t at_height = 20;
  if (bytes.size() < at_height + 4) detail::refuse_png("the file ends too early", name);
  ensure_within(limits, name, detail::big_endian(bytes, at_height), detail::big_endian(bytes, at_width));
  detail::png_reader reader{bytes};
  if (!reader.read_header(static_cast<png_uint_32>(limits.side))) detail::refuse_png(reader.message(), name);
  image film{static_cast<int>(reader.height()), static_cast<int>(reader.width()), reader.channels()};
  ensure_is_picture(film);
  if (reader.row_samples() != film.row_samples()) detail::refuse_png("rows of an unexpected length", name);
  if (!reader.read_pixels(film.samples.data(), film.row_samples())) detail::refuse_png(reader.message(), name);
  return film;
}

}  // namespace thorax
