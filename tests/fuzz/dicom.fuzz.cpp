// SPDX-License-Identifier: MIT
//
// dicom: any bytes at all are a DICOM film that is read, or an error with a sentence.

#include <thorax/image/read_dicom.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  try {
    // What a header may claim is bounded, so that a JPEG of few bytes does not take the time of a large film.
    const thorax::remarked_image film =
      thorax::decode_dicom(std::as_bytes(std::span{data, size}), "fuzz", {.side = 1'000, .pixels = 100'000});
    thorax::ensure_is_picture(film.picture);
    if (film.picture.channels != 1) std::abort();
    for (const std::string& remark : film.remarks)
      if (remark.empty()) std::abort();
  }
  catch (const thorax::error& refused) {
    // A picture that is not sound is no refusal of the file.
    if (refused.code() != thorax::error_code::format_refused && refused.code() != thorax::error_code::limit_exceeded)
      std::abort();
  }
  return 0;
}
