// SPDX-License-Identifier: MIT
//
// read_jpeg: libjpeg, held to the same strictness as the other readers: whatever it merely warns about, a
// cut file above all, is an error here.

#pragma once

#include <thorax/image/image.hpp>   // image
#include <thorax/image/limits.hpp>  // image_limits, refuse_film

#include <array>
#include <csetjmp>
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint8_t
#include <cstdio>   // jpeglib.h needs FILE
#include <span>
#include <string>

#include <jpeglib.h>

namespace thorax {

namespace detail {

/// One JPEG file being decoded. libjpeg reports an error by a jump that skips destructors; the jumps start and
/// end within `read_header` and `read_pixels`, which hold nothing that has one.
class jpeg_reader {
public:
  jpeg_reader(std::span<const std::byte> bytes, int most_scans) : bytes_{bytes}, most_scans_{most_scans}
  {
    file_.err = jpeg_std_error(&errors_);
    file_.client_data = this;
    errors_.error_exit = [](j_common_ptr file) { owner(file).fail(); };
    errors_.emit_message = [](j_common_ptr file, int level) {
      if (level < 0) owner(file).fail();
    };
    progress_.progress_monitor = [](j_common_ptr file) { owner(file).count_scans(); };
  }
  jpeg_reader(const jpeg_reader&) = delete;
  jpeg_reader& operator=(const jpeg_reader&) = delete;
  ~jpeg_reader() { jpeg_destroy_decompress(&file_); }

  [[nodiscard]] bool read_header()
  {
    if (setjmp(before_) != 0) return false;
    jpeg_create_decompress(&file_);
    file_.progress = &progress_;
    jpeg_mem_src(&file_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
    jpeg_read_header(&file_, TRUE);
    return true;
  }

  /// Reads all rows into `samples`, which lie `row_samples` apart, and on to the end of the file.
  [[nodiscard]] bool read_pixels(std::uint8_t* samples, std::size_t row_samples)
  {
    if (setjmp(before_) != 0) return false;
    jpeg_start_decompress(&file_);
    while (file_.output_scanline < file_.output_height) {
      JSAMPROW row = samples + file_.output_scanline * row_samples;
      jpeg_read_scanlines(&file_, &row, 1);
    }
    jpeg_finish_decompress(&file_);
    return true;
  }

  [[nodiscard]] std::size_t height() const { return file_.image_height; }
  [[nodiscard]] std::size_t width() const { return file_.image_width; }
  [[nodiscard]] J_COLOR_SPACE colors() const { return file_.jpeg_color_space; }
  [[nodiscard]] bool has_too_many_scans() const { return too_many_scans_; }
  [[nodiscard]] std::string message() const { return message_.data(); }

private:
  static jpeg_reader& owner(j_common_ptr file) { return *static_cast<jpeg_reader*>(file->client_data); }

  [[noreturn]] void fail()
  {
    errors_.format_message(reinterpret_cast<j_common_ptr>(&file_), message_.data());
    std::longjmp(before_, 1);
  }

  // A progressive file of a few bytes a scan can ask for any number of passes over all pixels.
  void count_scans()
  {
    if (file_.input_scan_number <= most_scans_) return;
    too_many_scans_ = true;
    std::longjmp(before_, 1);
  }

  std::span<const std::byte> bytes_;
  int most_scans_;
  bool too_many_scans_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct file_{};
  std::jmp_buf before_{};
};

[[noreturn]] inline void refuse_jpeg(const jpeg_reader& reader, const std::string& name, const image_limits& limits)
{
  if (reader.has_too_many_scans())
    refuse_film(error_code::limit_exceeded, name,
                "expected a JPEG of at most " + std::to_string(limits.scans) +
                  " scans, found more; save it as a baseline JPEG");
  refuse_film(error_code::format_refused, name,
              "expected a whole JPEG, found '" + reader.message() + "'; copy or export the film again");
}

}  // namespace detail

/// Decodes a JPEG, baseline or progressive. Gray stays gray; color becomes red, green, blue. The accurate integer
/// transform and libjpeg's smooth enlargement of color are used, so the samples are Pillow's.
///
/// throws:   error{format_refused} also for CMYK and for any warning; error{limit_exceeded}
inline image decode_jpeg(std::span<const std::byte> bytes, const std::string& name = "in memory",
                         const image_limits& limits = {})
{
  detail::jpeg_reader reader{bytes, limits.scans};
  if (!reader.read_header()) detail::refuse_jpeg(reader, name, limits);
  ensure_within(limits, name, reader.height(), reader.width());
  const J_COLOR_SPACE colors = reader.colors();
  if (colors != JCS_GRAYSCALE && colors != JCS_YCbCr && colors != JCS_RGB)
    refuse_film(error_code::format_refused, name,
                std::string{"expected gray or red, green, blue, found a JPEG in "} +
                  (colors == JCS_CMYK || colors == JCS_YCCK ? "CMYK (printing inks)" : "unknown colors") +
                  "; export the film as gray");
  image film{static_cast<int>(reader.height()), static_cast<int>(reader.width()), colors == JCS_GRAYSCALE ? 1 : 3};
  if (!reader.read_pixels(film.samples.data(), film.row_samples())) detail::refuse_jpeg(reader, name, limits);
  return film;
}

}  // namespace thorax
