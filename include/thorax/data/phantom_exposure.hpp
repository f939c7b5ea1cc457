// SPDX-License-Identifier: MIT
//
// phantom_exposure: how a synthetic chest gets onto film: tone, grain, collimation, marks. Drawn without regard
// to the finding, so that none of it gives the finding away.

#pragma once

#include <thorax/base/random.hpp>          // random_stream
#include <thorax/data/phantom_canvas.hpp>  // drawn_numbers, film_layer, smooth_step
#include <thorax/image/image.hpp>          // image

#include <algorithm>  // clamp, max, min
#include <array>
#include <cmath>    // exp, pow
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t, uint64_t
#include <string>
#include <string_view>

namespace thorax {

/// One exposure: how density becomes brightness, and what else is on the film.
struct film_exposure {
  explicit film_exposure(random_stream stream)
  {
    drawn_numbers draw{stream};
    contrast = draw.between(3.6, 5.6);
    middle = draw.between(.30, .50);
    darkest = draw.between(0, 26);
    brightest = draw.between(205, 252);
    tilt_x = draw.between(-.10, .10);
    tilt_y = draw.between(-.10, .10);
    grain = draw.between(1.2, 5.0);
    for (double& each : border) each = draw.chance(.22) ? draw.between(.01, .06) : 0.0;
    mark = draw.chance(.85) ? (draw.chance(.8) ? 'R' : 'L') : ' ';
    mark_y = draw.between(.04, .42);
    mark_height = draw.between(.045, .085);
    stamped = draw.chance(.2);
  }

  double contrast, middle, darkest, brightest, tilt_x, tilt_y, grain;
  std::array<double, 4> border{};  ///< shares of the film that the collimator left black: top, right, bottom, left
  char mark;                       ///< the letter of the patient's side; a space: none
  double mark_y, mark_height;
  bool stamped;  ///< a time and a voltage in the corners
};

namespace detail {

struct glyph {
  char letter;
  std::array<std::uint8_t, 7> rows;  // five bits a row, the leftmost highest
};

inline constexpr std::array glyphs{
  glyph{'R', {30, 17, 17, 30, 20, 18, 17}}, glyph{'L', {16, 16, 16, 16, 16, 16, 31}},
  glyph{'K', {17, 18, 20, 24, 20, 18, 17}}, glyph{'V', {17, 17, 17, 17, 17, 10, 4}},
  glyph{':', {0, 4, 4, 0, 4, 4, 0}},        glyph{'0', {14, 17, 19, 21, 25, 17, 14}},
  glyph{'1', {4, 12, 4, 4, 4, 4, 14}},      glyph{'2', {14, 17, 1, 2, 4, 8, 31}},
  glyph{'3', {31, 2, 4, 2, 1, 17, 14}},     glyph{'4', {2, 6, 10, 18, 31, 2, 2}},
  glyph{'5', {31, 16, 30, 1, 1, 17, 14}},   glyph{'6', {6, 8, 16, 30, 17, 17, 14}},
  glyph{'7', {31, 1, 2, 4, 8, 8, 8}},       glyph{'8', {14, 17, 17, 14, 17, 17, 14}},
  glyph{'9', {14, 17, 17, 15, 1, 2, 12}}};

/// Writes one letter; `top`, `left` and `height` are shares of the film.
inline void write_letter(image& film, char letter, double top, double left, double height)
{
  const auto* known =
    std::find_if(glyphs.begin(), glyphs.end(), [&](const glyph& each) { return each.letter == letter; });
  if (known == glyphs.end()) return;
  const int first_y = static_cast<int>(top * film.height), first_x = static_cast<int>(left * film.width);
  const int high = std::max(7, static_cast<int>(height * film.height)), wide = high * 5 / 7;
  for (int y = 0; y < high; ++y)
    for (int x = 0; x < wide; ++x) {
      const bool inked = (known->rows[static_cast<std::size_t>(y * 7 / high)] >> (4 - x * 5 / wide) & 1) != 0;
      const bool on_film = first_y + y < film.height && first_x + x < film.width && first_x + x >= 0;
      if (inked && on_film) film.at(first_y + y, first_x + x) = 250;
    }
}

inline void write_text(image& film, std::string_view text, double top, double left, double height)
{
  const double step = std::max(7.0, height * film.height) * 6 / 7 / film.width;
  for (const char letter : text) {
    write_letter(film, letter, top, left, height);
    left += step;
  }
}

inline std::string drawn_digits(drawn_numbers& draw, std::string_view pattern)
{
  std::string text{pattern};
  for (char& letter : text)
    if (letter == '#') letter = static_cast<char>('0' + draw.below(6));
  return text;
}

inline bool is_collimated(const film_exposure& exposure, double down, double across)
{
  return down < exposure.border[0] || across > 1 - exposure.border[1] || down > 1 - exposure.border[2] ||
         across < exposure.border[3];
}

}  // namespace detail

/// returns:  the density of each place as a film of 8 bits: bright where dense
inline image exposed(const film_layer& density, const film_exposure& exposure, random_stream stream)
{
  image film{density.size, density.size, 1};
  const random_stream grain = stream / 1;
  for (int y = 0; y < density.size; ++y)
    for (int x = 0; x < density.size; ++x) {
      const double down = (y + .5) / density.size, across = (x + .5) / density.size;
      if (detail::is_collimated(exposure, down, across)) continue;
      const double tilt = exposure.tilt_x * (across - .5) + exposure.tilt_y * (down - .5);
      const double dense = exposure.contrast * (static_cast<double>(density.at(y, x)) + tilt - exposure.middle);
      const double tone = 1 / (1 + std::exp(-dense));
      const auto pixel = static_cast<std::uint64_t>(y) * static_cast<std::uint64_t>(density.size) +
                         static_cast<std::uint64_t>(x);
      // Two uniforms look enough like a normal number and need no logarithm, which differs between machines.
      const double noise = exposure.grain * 1.2 * (grain.uniform(2 * pixel) + grain.uniform(2 * pixel + 1) - 1);
      const double bright =
        exposure.darkest * smooth_step(.01, .2, tone) + (exposure.brightest - exposure.darkest) * tone;
      film.at(y, x) = static_cast<std::uint8_t>(std::clamp(bright + noise * (.3 + tone), 0.0, 255.0) + .5);
    }
  drawn_numbers draw{stream / 2};
  const double wide = exposure.mark_height * 5 / 7;
  const double mark_x = exposure.mark == 'R' ? .02 : .97 - wide;
  detail::write_letter(film, exposure.mark, exposure.mark_y, mark_x, exposure.mark_height);
  if (exposure.stamped) {
    detail::write_text(film, detail::drawn_digits(draw, "1#:##:##"), .015, .76, .028);
    detail::write_text(film, detail::drawn_digits(draw, "KV#5"), .95, .86, .028);
  }
  return film;
}

}  // namespace thorax
