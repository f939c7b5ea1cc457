// SPDX-License-Identifier: MIT
#include <thorax/image/dicom_syntax.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

using thorax::detail::dicom_coding;
using thorax::detail::dicom_syntax_of;

TEST_CASE("the four transfer syntaxes that are read are known by their UIDs", "[image]")
{
  CHECK(dicom_syntax_of("1.2.840.10008.1.2", "x").implicit);
  CHECK(dicom_syntax_of("1.2.840.10008.1.2", "x").coding == dicom_coding::plain);
  CHECK_FALSE(dicom_syntax_of("1.2.840.10008.1.2.1", "x").implicit);
  CHECK(dicom_syntax_of("1.2.840.10008.1.2.1", "x").coding == dicom_coding::plain);
  CHECK(dicom_syntax_of("1.2.840.10008.1.2.5", "x").coding == dicom_coding::run_lengths);
  CHECK(dicom_syntax_of("1.2.840.10008.1.2.4.50", "x").coding == dicom_coding::jpeg);
  CHECK_FALSE(dicom_syntax_of("1.2.840.10008.1.2.4.50", "x").implicit);
}

TEST_CASE("every other transfer syntax is refused by its name, with what converts it", "[image]")
{
  const auto is_refused = [](const std::string& uid, const std::string& words) {
    return refuses(thorax::error_code::format_refused, words, [&] { dicom_syntax_of(uid, "x.dcm"); });
  };
  CHECK(is_refused("1.2.840.10008.1.2.2",
                   "film 'x.dcm': expected a DICOM file in little endian, without compression or with RLE or JPEG "
                   "baseline, found big endian; convert it with dcmtk: dcmconv +te FILM CONVERTED"));
  CHECK(is_refused("1.2.840.10008.1.2.1.99", "found deflated; convert it with dcmtk: dcmconv +te"));
  CHECK(is_refused("1.2.840.10008.1.2.4.51", "found JPEG extended; decompress it with dcmtk: dcmdjpeg"));
  CHECK(is_refused("1.2.840.10008.1.2.4.57", "found JPEG lossless; decompress it with dcmtk: dcmdjpeg"));
  CHECK(is_refused("1.2.840.10008.1.2.4.70", "found JPEG lossless"));
  CHECK(is_refused("1.2.840.10008.1.2.4.80", "found JPEG-LS; decompress it with dcmtk: dcmdjpls"));
  CHECK(is_refused("1.2.840.10008.1.2.4.81", "found JPEG-LS"));
  CHECK(is_refused("1.2.840.10008.1.2.4.90", "found JPEG 2000; decompress it with GDCM: gdcmconv --raw"));
  CHECK(is_refused("1.2.840.10008.1.2.4.91", "found JPEG 2000"));
  CHECK(is_refused("1.2.840.10008.1.2.4.100", "found MPEG; export a single film"));
  CHECK(is_refused("1.2.840.10008.1.2.4.110", "found JPEG XL"));
  CHECK(is_refused("1.2.840.10008.1.2.4.201", "found High-Throughput JPEG 2000"));
  CHECK(is_refused("1.2.3", "found 1.2.3; convert it"));
  CHECK(is_refused("", "found no transfer syntax"));
  CHECK(is_refused("Phantom^Paul", "found a damaged one"));
}
