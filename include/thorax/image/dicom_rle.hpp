// SPDX-License-Identifier: MIT
//
// dicom_rle: run lengths, as DICOM packs them, PS3.5 G: the high bytes of all samples, then the low bytes.

#pragma once

#include <thorax/image/dicom_elements.hpp>  // little_endian
#include <thorax/image/limits.hpp>          // refuse_film

#include <algorithm>  // copy_n, fill_n
#include <cstddef>    // byte, size_t
#include <cstdint>    // int8_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

namespace detail {

[[noreturn]] inline void refuse_rle(const std::string& found, const std::string& name)
{
  refuse_film(error_code::format_refused, name,
              "expected a whole DICOM film in RLE, found " + found + "; copy or export the film again");
}

/// Unpacks one segment into `out`, which it has to fill; one byte may be left over, for segments have even lengths.
inline void unpack_rle_segment(std::span<const std::byte> packed, std::span<std::byte> out, const std::string& name)
{
  std::size_t filled = 0;
  std::size_t at = 0;
  while (filled < out.size()) {
    if (at == packed.size()) refuse_rle("a segment that ends too early", name);
    const int length = static_cast<std::int8_t>(std::to_integer<unsigned char>(packed[at++]));
    if (length == -128) continue;  // means nothing
    const auto count = static_cast<std::size_t>(length < 0 ? 1 - length : 1 + length);
    const std::size_t needed = length < 0 ? 1 : count;
    if (needed > packed.size() - at) refuse_rle("a run that ends too early", name);
    if (count > out.size() - filled) refuse_rle("more samples than pixels", name);
    if (length < 0) std::fill_n(out.subspan(filled).begin(), count, packed[at]);
    else std::copy_n(packed.subspan(at).begin(), count, out.subspan(filled).begin());
    at += needed;
    filled += count;
  }
  if (packed.size() - at > 1) refuse_rle("bytes left over after a segment", name);
}

/// packed:   one frame: the table of segments, 64 bytes, and the segments
/// returns:  `sample_bytes` segments of `pixels` bytes, most significant bytes first
/// throws:   error{format_refused}; memory is taken only if the packed bytes can fill it
inline std::vector<std::byte> unpack_rle(std::span<const std::byte> packed, std::size_t pixels,
                                         std::size_t sample_bytes, const std::string& name)
{
  constexpr std::size_t table = 64;
  if (packed.size() < table) refuse_rle("a table of segments that ends too early", name);
  if (const std::size_t segments = little_endian(packed.first(4)); segments != sample_bytes)
    refuse_rle(std::to_string(segments) + " segments instead of " + std::to_string(sample_bytes), name);
  // Two bytes make 128 at most.
  if ((packed.size() - table) * 64 < pixels * sample_bytes) refuse_rle("too few bytes for its pixels", name);
  std::vector<std::byte> out(pixels * sample_bytes);
  std::size_t begin = little_endian(packed.subspan(4, 4));
  if (begin != table) refuse_rle("a segment that does not begin behind the table", name);
  for (std::size_t i = 0; i < sample_bytes; ++i) {
    const bool is_last = i + 1 == sample_bytes;
    const std::size_t end = is_last ? packed.size() : little_endian(packed.subspan(4 * (i + 2), 4));
    if (end < begin || end > packed.size()) refuse_rle("segments outside of the file", name);
    unpack_rle_segment(packed.subspan(begin, end - begin), std::span{out}.subspan(i * pixels, pixels), name);
    begin = end;
  }
  return out;
}

}  // namespace detail

}  // namespace thorax
