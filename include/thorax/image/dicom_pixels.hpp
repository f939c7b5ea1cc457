// SPDX-License-Identifier: MIT
//
// dicom_pixels: the stored values of a DICOM film, plain, in run lengths or as a JPEG, DICOM PS3.5 8 and A.4.

#pragma once

#include <thorax/image/dicom_header.hpp>  // dicom_file, dicom_samples
#include <thorax/image/dicom_rle.hpp>     // unpack_rle
#include <thorax/image/image.hpp>         // extents_in_words
#include <thorax/image/limits.hpp>        // image_limits, refuse_film
#include <thorax/image/read_jpeg.hpp>     // decode_jpeg

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint16_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

namespace detail {

/// The bits of each pixel that are stored, rows first; what stands above them in a sample is gone.
using dicom_bits = std::vector<std::uint16_t>;

/// returns:  the frame in pieces, without the table of offsets that stands before it
inline std::vector<std::span<const std::byte>> fragments_of(const dicom_element& pixels, const std::string& name)
{
  std::vector<std::span<const std::byte>> fragments;
  dicom_cursor cursor{pixels.value, false, name, "PixelData"};
  if (!cursor.at_end()) cursor.item();
  while (!cursor.at_end()) fragments.push_back(cursor.item());
  if (fragments.empty()) cursor.refuse("no fragment of pixels");
  return fragments;
}

inline dicom_bits plain_bits(const dicom_element& pixels, const dicom_samples& samples, const std::string& name)
{
  const std::size_t sample_bytes = samples.bits_allocated / 8;
  const std::size_t expected = samples.pixels() * sample_bytes;
  if (pixels.value.size() != expected + expected % 2 && pixels.value.size() != expected)  // lengths are even
    refuse_film(error_code::format_refused, name,
                "expected " + std::to_string(expected) + " bytes of pixels, found " +
                  std::to_string(pixels.value.size()) + "; copy or export the film again");
  const std::uint32_t mask = (1U << samples.bits_stored) - 1;
  dicom_bits out(samples.pixels());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint16_t>(little_endian(pixels.value.subspan(i * sample_bytes, sample_bytes)) & mask);
  return out;
}

inline dicom_bits run_length_bits(const dicom_element& pixels, const dicom_samples& samples, const std::string& name)
{
  const std::vector<std::span<const std::byte>> fragments = fragments_of(pixels, name);
  if (fragments.size() != 1)
    refuse_rle(std::to_string(fragments.size()) + " fragments of pixels instead of 1", name);
  const std::size_t sample_bytes = samples.bits_allocated / 8;
  const std::vector<std::byte> planes = unpack_rle(fragments.front(), samples.pixels(), sample_bytes, name);
  const std::uint32_t mask = (1U << samples.bits_stored) - 1;
  dicom_bits out(samples.pixels());
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint32_t bits = 0;
    for (std::size_t plane = 0; plane < sample_bytes; ++plane)
      bits = bits << 8 | std::to_integer<std::uint32_t>(planes[plane * out.size() + i]);
    out[i] = static_cast<std::uint16_t>(bits & mask);
  }
  return out;
}

inline dicom_bits jpeg_bits(const dicom_element& pixels, const dicom_samples& samples, const std::string& name,
                            const image_limits& limits)
{
  std::vector<std::byte> file;
  for (const std::span<const std::byte> fragment : fragments_of(pixels, name))
    file.insert(file.end(), fragment.begin(), fragment.end());
  if (samples.bits_allocated != 8 || samples.is_signed)
    refuse_film(error_code::format_refused, name,
                "expected unsigned pixels of 8 bits in a JPEG, found others; export the film again");
  const image decoded = decode_jpeg(file, name, limits);
  const bool fits = decoded.channels == 1 && static_cast<std::size_t>(decoded.height) == samples.rows &&
                    static_cast<std::size_t>(decoded.width) == samples.columns;
  if (!fits)
    refuse_film(error_code::format_refused, name,
                "expected a JPEG of " + std::to_string(samples.columns) + "x" + std::to_string(samples.rows) +
                  " with 1 channel, found " + extents_in_words(decoded) + "; export the film again");
  return {decoded.samples.begin(), decoded.samples.end()};
}

/// returns:  samples.pixels() values
/// throws:   error{format_refused}; error{limit_exceeded}
/// memory:   taken only if the file has bytes enough for its pixels; a JPEG's is bounded by the limits
inline dicom_bits bits_of(const dicom_file& file, const dicom_samples& samples, const image_limits& limits)
{
  const std::string& name = file.attributes.name();
  const dicom_element* const pixels = file.attributes.find(dicom_tag::pixel_data);
  const bool needs_items = file.coding != dicom_coding::plain;
  if (pixels == nullptr || pixels->in_items != needs_items)
    refuse_film(error_code::format_refused, name,
                std::string{"expected PixelData "} + (needs_items ? "in fragments" : "with a length") + ", found " +
                  (pixels == nullptr ? "none" : "it otherwise") + "; copy or export the film again");
  switch (file.coding) {
    case dicom_coding::plain: return plain_bits(*pixels, samples, name);
    case dicom_coding::run_lengths: return run_length_bits(*pixels, samples, name);
    case dicom_coding::jpeg: return jpeg_bits(*pixels, samples, name, limits);
  }
  return {};
}

}  // namespace detail

}  // namespace thorax
