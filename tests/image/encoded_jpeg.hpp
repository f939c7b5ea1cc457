// SPDX-License-Identifier: MIT
//
// encoded_jpeg: JPEG files for tests, made while they run, so that no file of that kind is committed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

#include <jpeglib.h>

struct jpeg_request {
  int height{};
  int width{};
  J_COLOR_SPACE colors{JCS_GRAYSCALE};
  bool progressive{};
  int quality{95};
};

/// Errors end the program: what is encoded here is always valid.
inline std::vector<std::byte> encoded_jpeg(const jpeg_request& request, std::span<const std::uint8_t> samples)
{
  jpeg_error_mgr errors{};
  jpeg_compress_struct file{};
  file.err = jpeg_std_error(&errors);
  jpeg_create_compress(&file);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&file, &bytes, &size);
  file.image_height = static_cast<JDIMENSION>(request.height);
  file.image_width = static_cast<JDIMENSION>(request.width);
  file.in_color_space = request.colors;
  file.input_components = request.colors == JCS_GRAYSCALE ? 1 : request.colors == JCS_CMYK ? 4 : 3;
  jpeg_set_defaults(&file);
  jpeg_set_quality(&file, request.quality, TRUE);
  if (request.progressive) jpeg_simple_progression(&file);
  jpeg_start_compress(&file, TRUE);
  const auto row_samples = static_cast<std::size_t>(request.width * file.input_components);
  while (file.next_scanline < file.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(samples.data() + file.next_scanline * row_samples);
    jpeg_write_scanlines(&file, &row, 1);
  }
  jpeg_finish_compress(&file);
  jpeg_destroy_compress(&file);
  const auto* first = reinterpret_cast<const std::byte*>(bytes);
  std::vector<std::byte> out(first, first + size);
  std::free(bytes);
  return out;
}
