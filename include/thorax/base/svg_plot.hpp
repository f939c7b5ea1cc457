// SPDX-License-Identifier: MIT
//
// svg_plot: what every diagram is made of: frame, grid, numbers and words as SVG, for light and for dark pages.

#pragma once

#include <thorax/base/fixed_digits.hpp>  // fixed_digits

#include <algorithm>  // clamp
#include <cmath>      // floor, log10, lround, pow
#include <string>
#include <string_view>

namespace thorax {

/// returns:  the text as it may stand between tags and in quotes of XML and HTML; control characters, which XML
///           does not know, become U+FFFD
inline std::string markup_escaped(std::string_view text)
{
  std::string safe;
  for (const char letter : text) {
    if (letter == '&') safe += "&amp;";
    else if (letter == '<') safe += "&lt;";
    else if (letter == '>') safe += "&gt;";
    else if (letter == '"') safe += "&quot;";
    else if (letter == '\'') safe += "&#39;";
    else if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) safe += "\xEF\xBF\xBD";
    else safe += letter;
  }
  return safe;
}

/// A rectangle of pixels and the numbers that its edges mean.
struct plot_frame {
  double left{}, top{}, width{}, height{};
  double x_low{0}, x_high{1};
  double y_low{0}, y_high{1};

  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
  [[nodiscard]] double x(double value) const { return left + width * (value - x_low) / (x_high - x_low); }
  [[nodiscard]] double y(double value) const { return top + height * (y_high - value) / (y_high - y_low); }
};

/// returns:  1, 2 or 5 times a power of ten, so that about `parts` of them make the range
/// requires: a range above 0
inline double round_step(double range, int parts)
{
  const double least = range / parts;
  const double ten = std::pow(10.0, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * ten >= least) return step * ten;
  return 10 * ten;
}

/// A pixel's tenth is all that can be seen.
inline std::string svg_number(double pixels) { return fixed_digits(pixels, 1); }

/// `anchor` is start, middle or end. The text is markup, see markup_escaped.
inline std::string svg_text(double x, double y, std::string_view anchor, std::string_view text)
{
  return "<text x=\"" + svg_number(x) + "\" y=\"" + svg_number(y) + "\" text-anchor=\"" + std::string{anchor} +
         "\">" + std::string{text} + "</text>\n";
}

inline std::string svg_line(std::string_view kind, double x1, double y1, double x2, double y2)
{
  return "<line class=\"" + std::string{kind} + "\" x1=\"" + svg_number(x1) + "\" y1=\"" + svg_number(y1) +
         "\" x2=\"" + svg_number(x2) + "\" y2=\"" + svg_number(y2) + "\"/>\n";
}

inline std::string svg_rectangle(std::string_view kind, double x, double y, double width, double height)
{
  return "<rect class=\"" + std::string{kind} + "\" x=\"" + svg_number(x) + "\" y=\"" + svg_number(y) +
         "\" width=\"" + svg_number(width) + "\" height=\"" + svg_number(height) + "\"/>\n";
}

inline std::string svg_dot(double x, double y, double radius)
{
  return "<circle cx=\"" + svg_number(x) + "\" cy=\"" + svg_number(y) + "\" r=\"" + svg_number(radius) + "\"/>\n";
}

/// returns:  horizontal lines each `step` with their numbers at the left edge
inline std::string plot_rows(const plot_frame& frame, double step)
{
  const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 8);
  const int steps = static_cast<int>(std::lround((frame.y_high - frame.y_low) / step));
  std::string svg;
  for (int i = 0; i <= steps; ++i) {
    const double value = frame.y_low + i * step;
    svg += svg_line("grid", frame.left, frame.y(value), frame.right(), frame.y(value));
    svg += svg_text(frame.left - 8, frame.y(value) + 4, "end", fixed_digits(value, digits));
  }
  return svg;
}

/// returns:  the frame itself, and what its axes mean; both texts are markup
inline std::string plot_border(const plot_frame& frame, std::string_view across, std::string_view up)
{
  const std::string middle = svg_number(frame.top + frame.height / 2);
  return svg_rectangle("frame", frame.left, frame.top, frame.width, frame.height) +
         svg_text(frame.left + frame.width / 2, frame.bottom() + 36, "middle", across) +
         "<text transform=\"translate(" + svg_number(frame.left - 52) + " " + middle +
         ") rotate(-90)\" text-anchor=\"middle\">" + std::string{up} + "</text>\n";
}

/// returns:  the begin of a document with its ground; `title` is markup, `style` what this diagram adds to the
///           colors that all share. It ends with "</svg>\n".
inline std::string svg_begin(int width, int height, std::string_view title, std::string_view style)
{
  const std::string w = std::to_string(width), h = std::to_string(height);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h + "\" viewBox=\"0 0 " + w +
         " " + h + "\" role=\"img\">\n<title>" + std::string{title} +
         "</title>\n<style>\n"
         "svg text{font:13px sans-serif;fill:#222}.ground{fill:#fff}.grid{stroke:#e0e0e0}\n"
         ".frame{stroke:#888;fill:none}\n"
         "svg polyline{fill:none;stroke-width:2}svg circle{stroke:none}\n"
         "@media (prefers-color-scheme:dark){svg text{fill:#e6e6e6}.ground{fill:#16181d}.grid{stroke:#33363d}}\n" +
         std::string{style} + "</style>\n<rect class=\"ground\" width=\"" + w + "\" height=\"" + h + "\"/>\n";
}

}  // namespace thorax
