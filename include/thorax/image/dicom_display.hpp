// SPDX-License-Identifier: MIT
//
// dicom_display: from stored values to grays, DICOM PS3.3 C.11 and PS3.4 N.2: look-up table or line of the modality,
// look-up table or window of interest, inversion, in this order. All in double; eight bits come last.

#pragma once

#include <thorax/image/dicom_header.hpp>  // dicom_attributes, dicom_samples
#include <thorax/image/dicom_pixels.hpp>  // dicom_bits
#include <thorax/image/limits.hpp>        // refuse_film

#include <algorithm>  // clamp, sort
#include <cmath>      // exp, floor, lround
#include <cstddef>    // size_t
#include <cstdint>    // uint8_t, uint16_t
#include <string>
#include <utility>  // pair
#include <vector>

namespace thorax {

namespace detail {

/// A look-up table, PS3.3 C.11.1.1 and C.11.2.1.1. Values below its first get the first entry, above its last the last.
struct dicom_table {
  int first{};
  double highest{};  ///< what its bits could hold
  std::vector<std::uint16_t> entries;

  [[nodiscard]] double operator()(double value) const
  {
    const double place = std::clamp(std::floor(value - first), 0.0, static_cast<double>(entries.size() - 1));
    return entries[static_cast<std::size_t>(place)];
  }
};

/// sequence:  ModalityLUTSequence or VOILUTSequence, whose first item counts
/// throws:    error{format_refused}
inline dicom_table table_of(const dicom_attributes& film, const dicom_element& sequence, const char* what,
                            bool is_signed)
{
  const dicom_attributes item = film.first_item(sequence, what);
  const dicom_element* const descriptor = item.find(dicom_tag::lut_descriptor);
  const dicom_element* const data = item.find(dicom_tag::lut_data);
  if (descriptor == nullptr || descriptor->value.size() != 6 || data == nullptr)
    item.refuse(what, "three numbers and the entries that they describe", descriptor != nullptr);
  const std::uint32_t said = little_endian(descriptor->value.first(2));
  const std::size_t count = said == 0 ? 65'536 : said;
  const std::uint32_t first = little_endian(descriptor->value.subspan(2, 2));
  const std::uint32_t bits = little_endian(descriptor->value.subspan(4, 2));
  const std::size_t bytes = data->value.size();
  const bool is_packed = bits == 8 && count > 1 && (bytes == count || bytes == count + count % 2);
  if (bits < 8 || bits > 16 || (!is_packed && bytes != 2 * count))
    item.refuse(what, std::to_string(count) + " entries of 8 to 16 bits", true);
  // The standard leaves it to the VR, or, where there is none, to the pixels, whether the first value has a sign.
  const bool has_sign = descriptor->representation.empty() ? is_signed : descriptor->representation == "SS";
  dicom_table table{.first = static_cast<int>(first) - (has_sign && first > 0x7fff ? 0x1'0000 : 0),
                    .highest = static_cast<double>((1U << bits) - 1),
                    .entries = std::vector<std::uint16_t>(count)};
  const std::size_t width = is_packed ? 1 : 2;
  for (std::size_t i = 0; i < count; ++i)
    table.entries[i] = static_cast<std::uint16_t>(little_endian(data->value.subspan(i * width, width)));
  return table;
}

/// A window, PS3.3 C.11.2.1.2 and C.11.2.1.3.
struct dicom_window {
  enum class shape { linear, linear_exact, sigmoid };
  double center{};
  double width{};
  shape curve{};

  /// returns:  0 for black to 1 for white
  [[nodiscard]] double operator()(double value) const
  {
    if (curve == shape::sigmoid) return 1 / (1 + std::exp(-4 * (value - center) / width));
    const double less = curve == shape::linear ? 1 : 0;
    const double middle = center - less / 2;
    const double span = width - less;
    if (value <= middle - span / 2) return 0;
    if (value > middle + span / 2) return 1;  // with span 0 one of the two holds
    return (value - middle) / span + 0.5;
  }
};

/// The two values between which grays are spread where a file says nothing better: the 1st and the 99th percentile of
/// the pixels, interpolated between neighbors, as numpy.percentile does.
inline std::pair<double, double> percentiles_of(const std::vector<double>& value_of, const dicom_bits& pixels)
{
  std::vector<std::pair<double, std::size_t>> counts(value_of.size());
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i].first = value_of[i];
  for (const std::uint16_t bits : pixels) ++counts[bits].second;
  std::sort(counts.begin(), counts.end());
  const auto value_at = [&](std::size_t rank) {
    std::size_t i = 0;
    for (std::size_t passed = counts[0].second; passed <= rank; passed += counts[i].second) ++i;
    return counts[i].first;
  };
  const auto percentile = [&](double share) {
    const double place = share * static_cast<double>(pixels.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double low = value_at(below);
    const double high = value_at(std::min(below + 1, pixels.size() - 1));
    return low + (high - low) * (place - static_cast<double>(below));
  };
  return {percentile(0.01), percentile(0.99)};
}

/// returns:  by stored bits, the value that the modality means
inline std::vector<double> modality_values(const dicom_attributes& film, const dicom_samples& samples)
{
  std::vector<double> values(std::size_t{1} << samples.bits_stored);
  const auto fill = [&](auto&& meaning) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = meaning(static_cast<double>(samples.value(static_cast<std::uint32_t>(i))));
  };
  if (const dicom_element* const sequence = film.find(dicom_tag::modality_lut)) {
    fill(table_of(film, *sequence, "ModalityLUTSequence", samples.is_signed));
    return values;
  }
  const double slope = film.decimal(dicom_tag::rescale_slope, "RescaleSlope", 1);
  const double intercept = film.decimal(dicom_tag::rescale_intercept, "RescaleIntercept", 0);
  if (slope == 0) film.refuse("RescaleSlope", "other than 0", true);
  fill([&](double stored) { return stored * slope + intercept; });
  return values;
}

/// The window of a file, if there is one that can be used; otherwise what is said about it.
struct dicom_window_found {
  bool is_usable{};
  dicom_window window;
  std::string remark;
};

inline dicom_window_found window_of(const dicom_attributes& film)
{
  const std::string instead = "; grays are spread from the 1st to the 99th percentile of its values";
  const bool has_both = !film.text(dicom_tag::window_center).empty() && !film.text(dicom_tag::window_width).empty();
  if (!has_both) return {false, {}, "has neither window nor look-up table of interest" + instead};
  dicom_window window{.center = film.decimal(dicom_tag::window_center, "WindowCenter", 0),
                      .width = film.decimal(dicom_tag::window_width, "WindowWidth", 0),
                      .curve = dicom_window::shape::linear};
  const std::string_view curve = film.text(dicom_tag::voi_function);
  if (curve == "LINEAR_EXACT") window.curve = dicom_window::shape::linear_exact;
  else if (curve == "SIGMOID") window.curve = dicom_window::shape::sigmoid;
  else if (!curve.empty() && curve != "LINEAR")
    return {false, {}, "has a window of an unknown shape (VOILUTFunction)" + instead};
  const bool is_wide = window.curve == dicom_window::shape::linear ? window.width >= 1 : window.width > 0;
  if (!is_wide) return {false, {}, "has a window without a width" + instead};
  return {true, window, {}};
}

/// Grays by stored bits.
///
/// remarks:  gets a sentence if the file does not say how it wants to be shown
inline std::vector<std::uint8_t> grays_of(const dicom_attributes& film, const dicom_samples& samples,
                                          const dicom_bits& pixels, std::vector<std::string>& remarks)
{
  const std::vector<double> values = modality_values(film, samples);
  std::vector<std::uint8_t> grays(values.size());
  const auto show = [&](auto&& brightness) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double share = std::clamp(brightness(values[i]), 0.0, 1.0);
      grays[i] = static_cast<std::uint8_t>(std::lround(255 * (samples.is_inverted ? 1 - share : share)));
    }
  };
  if (const dicom_element* const sequence = film.find(dicom_tag::voi_lut)) {
    const dicom_table table = table_of(film, *sequence, "VOILUTSequence", samples.is_signed);
    show([&](double value) { return table(value) / table.highest; });
    return grays;
  }
  const dicom_window_found found = window_of(film);
  if (found.is_usable) {
    show(found.window);
    return grays;
  }
  remarks.push_back(found.remark);
  const auto [low, high] = percentiles_of(values, pixels);
  const double black = low;
  const double span = high - low;
  show([&](double value) { return span > 0 ? (value - black) / span : 0.5 + (value > black) - (value < black); });
  return grays;
}

}  // namespace detail

}  // namespace thorax
