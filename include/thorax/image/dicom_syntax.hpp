// SPDX-License-Identifier: MIT
//
// dicom_syntax: how a DICOM file writes its elements and pixels, by the UID of its transfer syntax, DICOM PS3.6 A.

#pragma once

#include <thorax/image/limits.hpp>  // refuse_film

#include <algorithm>  // all_of
#include <array>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

enum class dicom_coding { plain, run_lengths, jpeg };

/// What is read of a transfer syntax.
struct dicom_syntax {
  bool implicit{};  ///< elements without a VR
  dicom_coding coding{};
};

/// A transfer syntax, or a family of them by the beginning that their UIDs share, that is refused by its name.
struct refused_syntax {
  std::string_view uid;
  std::string_view name;
  std::string_view cure;
};
inline constexpr std::string_view to_plain_with_dcmtk = "convert it with dcmtk: dcmconv +te FILM CONVERTED";
inline constexpr std::string_view to_plain_jpeg = "decompress it with dcmtk: dcmdjpeg FILM DECOMPRESSED";
inline constexpr std::string_view to_plain_jpeg_ls = "decompress it with dcmtk: dcmdjpls FILM DECOMPRESSED";
inline constexpr std::string_view to_plain_with_gdcm = "decompress it with GDCM: gdcmconv --raw FILM DECOMPRESSED";
inline constexpr std::string_view to_single_film = "export a single film, not a video";

// Of several beginnings that fit, the first counts.
inline constexpr std::array refused_syntaxes{
  refused_syntax{"1.2.840.10008.1.2.2", "big endian", to_plain_with_dcmtk},
  refused_syntax{"1.2.840.10008.1.2.1.99", "deflated", to_plain_with_dcmtk},
  refused_syntax{"1.2.840.10008.1.2.4.51", "JPEG extended", to_plain_jpeg},
  refused_syntax{"1.2.840.10008.1.2.4.57", "JPEG lossless", to_plain_jpeg},
  refused_syntax{"1.2.840.10008.1.2.4.70", "JPEG lossless", to_plain_jpeg},
  refused_syntax{"1.2.840.10008.1.2.4.80", "JPEG-LS", to_plain_jpeg_ls},
  refused_syntax{"1.2.840.10008.1.2.4.81", "JPEG-LS", to_plain_jpeg_ls},
  refused_syntax{"1.2.840.10008.1.2.4.9", "JPEG 2000", to_plain_with_gdcm},
  refused_syntax{"1.2.840.10008.1.2.4.10", "MPEG", to_single_film},
  refused_syntax{"1.2.840.10008.1.2.4.11", "JPEG XL", to_plain_with_gdcm},
  refused_syntax{"1.2.840.10008.1.2.4.20", "High-Throughput JPEG 2000", to_plain_with_gdcm},
};

/// uid:      the value of (0002,0010), without padding
/// throws:   error{format_refused} with the name of the syntax and what converts it
inline dicom_syntax dicom_syntax_of(std::string_view uid, const std::string& name)
{
  if (uid == "1.2.840.10008.1.2") return {true, dicom_coding::plain};
  if (uid == "1.2.840.10008.1.2.1") return {false, dicom_coding::plain};
  if (uid == "1.2.840.10008.1.2.5") return {false, dicom_coding::run_lengths};
  if (uid == "1.2.840.10008.1.2.4.50") return {false, dicom_coding::jpeg};
  const std::string expected =
    "expected a DICOM file in little endian, without compression or with RLE or JPEG baseline, found ";
  for (const refused_syntax& each : refused_syntaxes)
    if (uid.starts_with(each.uid))
      refuse_film(error_code::format_refused, name, expected + std::string{each.name} + "; " + std::string{each.cure});
  const bool is_uid =
    uid.size() <= 64 && std::all_of(uid.begin(), uid.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  const std::string found = uid.empty() ? "no transfer syntax" : is_uid ? std::string{uid} : "a damaged one";
  refuse_film(error_code::format_refused, name, expected + found + "; " + std::string{to_plain_with_dcmtk});
}

}  // namespace detail

}  // namespace thorax
