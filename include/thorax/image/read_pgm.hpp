// SPDX-License-Identifier: MIT
//
// read_pgm: the portable gray map, binary (P5). See the netpbm format description, pgm(5).

#pragma once

#include <thorax/image/image.hpp>   // image
#include <thorax/image/limits.hpp>  // image_limits, refuse_film

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint8_t
#include <span>
#include <string>

namespace thorax {

namespace detail {

/// The numbers of a PGM header, one after another.
class pgm_header {
public:
  pgm_header(std::span<const std::byte> bytes, const std::string& name) : bytes_{bytes}, name_{name} {}

  /// returns:  the next number; white space and comments (# to the end of the line) before it are skipped
  std::size_t number(const char* what)
  {
    skip_space();
    const std::size_t start = position_;
    std::size_t value = 0;
    for (; is_digit(); ++position_) {
      value = value * 10 + static_cast<std::size_t>(peek() - '0');
      if (value > most_value) refuse(std::string{what} + " above " + std::to_string(most_value));
    }
    if (position_ == start) refuse(std::string{"no "} + what);
    return value;
  }

  /// returns:  where the samples begin: after exactly one white space
  std::size_t end()
  {
    if (!is_space()) refuse("no white space after the header");
    return position_ + 1;
  }

  [[noreturn]] void refuse(const std::string& found) const
  {
    refuse_film(error_code::format_refused, name_,
                "expected a whole PGM (P5), found " + found + "; copy or export the film again");
  }

private:
  static constexpr std::size_t most_value = 1'000'000'000;  // so that no product below overflows

  [[nodiscard]] int peek() const { return position_ < bytes_.size() ? std::to_integer<int>(bytes_[position_]) : -1; }
  [[nodiscard]] bool is_digit() const { return peek() >= '0' && peek() <= '9'; }
  [[nodiscard]] bool is_space() const { return peek() == ' ' || (peek() >= '\t' && peek() <= '\r'); }

  void skip_space()
  {
    while (is_space() || peek() == '#') {
      if (peek() == '#')
        while (peek() != '\n' && peek() >= 0) ++position_;
      else ++position_;
    }
  }

  std::span<const std::byte> bytes_;
  const std::string& name_;
  std::size_t position_{2};  // after "P5"
};

}  // namespace detail

/// Decodes a PGM. Samples are scaled to eight bits by rounding 255 · v / maximum; above a maximum of 255 they have
/// two bytes, most significant first.
///
/// throws:   error{format_refused} also when bytes are missing or left over; error{limit_exceeded}
inline image decode_pgm(std::span<const std::byte> bytes, const std::string& name = "in memory",
                        const image_limits& limits = {})
{
  detail::pgm_header header{bytes, name};
  const std::size_t width = header.number("width");
  const std::size_t height = header.number("height");
  const std::size_t maximum = header.number("maximum");
  if (maximum < 1 || maximum > 65'535) header.refuse("a maximum of " + std::to_string(maximum));
  ensure_within(limits, name, height, width);
  const std::size_t sample_bytes = maximum > 255 ? 2 : 1;
  const std::span<const std::byte> samples = bytes.subspan(header.end());
  if (samples.size() != height * width * sample_bytes)
    header.refuse(std::to_string(samples.size()) + " bytes of samples instead of " +
                  std::to_string(height * width * sample_bytes));
  image film{static_cast<int>(height), static_cast<int>(width), 1};
  for (std::size_t i = 0; i < film.samples.size(); ++i) {
    std::size_t value = 0;
    for (const std::byte digit : samples.subspan(i * sample_bytes, sample_bytes))
      value = value << 8 | std::to_integer<std::size_t>(digit);
    if (value > maximum) header.refuse("a sample of " + std::to_string(value) + " above its maximum");
    film.samples[i] = static_cast<std::uint8_t>((value * 255 + maximum / 2) / maximum);
  }
  return film;
}

}  // namespace thorax
