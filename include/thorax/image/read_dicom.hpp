// SPDX-License-Identifier: MIT
//
// read_dicom: a film as hospitals keep them, DICOM part 10.

#pragma once

#include <thorax/image/dicom_display.hpp>  // grays_of
#include <thorax/image/dicom_header.hpp>   // read_dicom_elements, samples_of
#include <thorax/image/dicom_pixels.hpp>   // bits_of
#include <thorax/image/image.hpp>          // image
#include <thorax/image/limits.hpp>         // image_limits, refuse_film

#include <array>
#include <charconv>  // from_chars
#include <cstddef>   // byte, size_t
#include <cstdint>   // uint8_t
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// A film, and sentences about it for people who look at what was made of it; "film 'name' " belongs before each.
struct remarked_image {
  image picture;
  std::vector<std::string> remarks;
};

namespace detail {

inline bool is_dicom(std::string_view content) { return content.size() >= 132 && content.substr(128, 4) == "DICM"; }

/// throws:  error{format_refused} for what is no projection of a chest from the front or the back
inline void ensure_is_frontal_film(const dicom_attributes& film)
{
  const std::string_view modality = film.text(dicom_tag::modality);
  if (modality != "CR" && modality != "DX" && modality != "RG")
    refuse_film(error_code::format_refused, film.name(),
                "expected the modality of a film (CR, DX or RG), found " + code_in_words(modality) +
                  "; choose a radiograph of the chest");
  const std::string_view view = film.text(dicom_tag::view_position);
  if (view == "LL" || view == "RL" || view == "LATERAL")
    refuse_film(error_code::format_refused, film.name(),
                "expected a film from the front or the back (AP or PA), found a lateral one (" + code_in_words(view) +
                  "); choose the frontal film of the study");
}

/// text:     an age as DICOM writes it, PS3.5 6.2: three digits and D, W, M or Y
/// returns:  months, or a negative number if the text is none
inline double months_of(std::string_view text)
{
  if (text.size() != 4) return -1;
  int count = 0;
  const char* const unit = text.data() + 3;
  if (std::from_chars(text.data(), unit, count).ptr != unit || count < 0) return -1;
  constexpr double days_in_a_month = 365.25 / 12;
  switch (*unit) {
    case 'D': return count / days_in_a_month;
    case 'W': return 7 * count / days_in_a_month;
    case 'M': return count;
    case 'Y': return 12 * count;
    default: return -1;
  }
}

/// The age itself is not repeated: it belongs to the patient.
inline void remark_on_patient(const dicom_attributes& film, std::vector<std::string>& remarks)
{
  const std::string expected = "is expected to be of a child of 1 to 5 years, the file says ";
  const double months = months_of(film.text(dicom_tag::patient_age));
  if (months >= 0 && months < 12) remarks.push_back(expected + "younger");
  if (months >= 6 * 12) remarks.push_back(expected + "older");
  const std::string_view part = film.text(dicom_tag::body_part);
  if (!part.empty() && part != "CHEST")
    remarks.push_back("is expected to show a chest, the file says " + code_in_words(part));
}

}  // namespace detail

/// Decodes a DICOM film: implicit or explicit VR, little endian, plain, RLE or JPEG baseline; CR, DX or RG; one gray
/// frame of 8 to 16 bits, signed or not. Values become grays by the file's own tables and window, or between their 1st
/// and 99th percentile, which is remarked; MONOCHROME1 is inverted after that. Rounding to eight bits comes last.
///
/// returns:  a picture of 1 channel, and remarks on a window that is missing, an age or a part of the body
/// throws:   error{format_refused}, also for lateral films and, by their name, other transfer syntaxes;
///           error{limit_exceeded} before memory is taken for the pixels
inline remarked_image decode_dicom(std::span<const std::byte> bytes, const std::string& name = "in memory",
                                   const image_limits& limits = {})
{
  if (!detail::is_dicom({reinterpret_cast<const char*>(bytes.data()), bytes.size()}))
    refuse_film(error_code::format_refused, name,
                "expected a DICOM file, DICM behind its first 128 bytes, found another; export the film again");
  const detail::dicom_file file = detail::read_dicom_elements(bytes, name);
  detail::ensure_is_frontal_film(file.attributes);
  const detail::dicom_samples samples = detail::samples_of(file.attributes, limits);
  const detail::dicom_bits pixels = detail::bits_of(file, samples, limits);
  remarked_image film;
  detail::remark_on_patient(file.attributes, film.remarks);
  const std::vector<std::uint8_t> grays = detail::grays_of(file.attributes, samples, pixels, film.remarks);
  film.picture.reshape(static_cast<int>(samples.rows), static_cast<int>(samples.columns), 1);
  for (std::size_t i = 0; i < pixels.size(); ++i) film.picture.samples[i] = grays[pixels[i]];
  return film;
}

}  // namespace thorax
