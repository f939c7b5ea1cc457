// SPDX-License-Identifier: MIT
//
// history_plot: losses and accuracies by epoch as a picture that a browser shows, on a light or a dark page.

#pragma once

#include <thorax/base/ensure.hpp>    // ensure
#include <thorax/train/history.hpp>  // epoch_record

#include <algorithm>  // clamp, max, min
#include <array>
#include <charconv>  // to_chars
#include <cmath>     // abs, ceil, floor, isfinite, log10, lround, pow
#include <cstddef>   // size_t
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

namespace detail {

/// Colors and strokes; training is dashed, so that no color is needed to tell the lines apart.
inline constexpr std::string_view plot_style =
  "<style>\n"
  "text{font:13px sans-serif;fill:#222}.ground{fill:#fff}.grid{stroke:#e0e0e0}.frame{stroke:#888;fill:none}\n"
  ".phase{stroke:#666;stroke-dasharray:2 3}.training{stroke:#0072b2;fill:#0072b2;stroke-dasharray:6 3}\n"
  ".validation{stroke:#c84e00;fill:#c84e00}polyline{fill:none}circle{stroke:none}\n"
  "polyline,line.training,line.validation{stroke-width:2}\n"
  "@media (prefers-color-scheme:dark){text{fill:#e6e6e6}.ground{fill:#16181d}.grid{stroke:#33363d}.phase{stroke:#aaa}\n"
  ".training{stroke:#6cb6ec;fill:#6cb6ec}.validation{stroke:#ff9d5c;fill:#ff9d5c}}\n"
  "</style>\n";

inline std::string decimal(double number, int digits)
{
  std::array<char, 64> text{};
  const auto [end, fault] =
    std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, digits);
  return {text.data(), end};
}

/// returns:  1, 2 or 5 times a power of ten, so that about `parts` of them make the range
inline double round_step(double range, int parts)
{
  const double least = range / parts;
  const double ten = std::pow(10.0, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * ten >= least) return step * ten;
  return 10 * ten;
}

/// One of the two diagrams: pixels and what they mean.
struct plot_panel {
  std::string_view title;
  double epoch_record::*training;
  double epoch_record::*validation;
  double top{}, low{}, high{}, step{};

  static constexpr double left = 70, width = 660, height = 220;

  [[nodiscard]] double y(double value) const { return top + height * (high - value) / (high - low); }
};

/// The middle of the epoch's share of the width; `index` counts from 0.
inline double plot_x(std::size_t index, std::size_t count)
{
  return plot_panel::left + plot_panel::width * (static_cast<double>(index) + 0.5) / static_cast<double>(count);
}

inline void fit_range(plot_panel& panel, const std::vector<epoch_record>& records)
{
  double low = records.front().*panel.training, high = low;
  for (const epoch_record& each : records)
    for (const double value : {each.*panel.training, each.*panel.validation}) {
      ensure(std::isfinite(value), error_code::number_not_finite,
             [] { return "a history with a number that is none cannot be drawn"; });
      low = std::min(low, value);
      high = std::max(high, value);
    }
  panel.step = round_step(std::max(high - low, 1e-3 * std::max(1.0, std::abs(high))), 5);
  panel.low = std::floor(low / panel.step) * panel.step;
  panel.high = std::max(std::ceil(high / panel.step) * panel.step, panel.low + panel.step);
}

inline std::string plot_text(double x, double y, std::string_view anchor, std::string_view text)
{
  return "<text x=\"" + decimal(x, 1) + "\" y=\"" + decimal(y, 1) + "\" text-anchor=\"" + std::string{anchor} +
         "\">" + std::string{text} + "</text>\n";
}

inline std::string plot_line(std::string_view kind, double x1, double y1, double x2, double y2)
{
  return "<line class=\"" + std::string{kind} + "\" x1=\"" + decimal(x1, 1) + "\" y1=\"" + decimal(y1, 1) +
         "\" x2=\"" + decimal(x2, 1) + "\" y2=\"" + decimal(y2, 1) + "\"/>\n";
}

inline std::string plot_curve(const plot_panel& panel, const std::vector<epoch_record>& records,
                              double epoch_record::*number, std::string_view kind)
{
  std::string points, dots;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string x = decimal(plot_x(i, records.size()), 1), y = decimal(panel.y(records[i].*number), 1);
    points += (points.empty() ? "" : " ") + x + "," + y;
    dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"2.5\"/>\n";
  }
  return "<g class=\"" + std::string{kind} + "\">\n<polyline points=\"" + points + "\"/>\n" + dots + "</g>\n";
}

/// returns:  the name of the phase that begins there, as long as its epochs are wide
inline std::string phase_label(const std::vector<epoch_record>& records, std::size_t begin)
{
  std::size_t end = begin;
  while (end < records.size() && records[end].phase == records[begin].phase) ++end;
  const double width = plot_panel::width * static_cast<double>(end - begin) / static_cast<double>(records.size());
  const std::string number = std::to_string(records[begin].phase);
  return width >= 64 ? "phase " + number : width >= 24 ? number : "";
}

/// Grid, frame, numbers, titles, and a line where a phase begins.
inline std::string plot_axes(const plot_panel& panel, const std::vector<epoch_record>& records)
{
  constexpr double left = plot_panel::left, right = left + plot_panel::width;
  const double bottom = panel.top + plot_panel::height;
  const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(panel.step) + 1e-9)), 0, 8);
  std::string svg;
  const int steps = static_cast<int>(std::lround((panel.high - panel.low) / panel.step));
  for (int i = 0; i <= steps; ++i) {
    const double value = panel.low + i * panel.step;
    svg += plot_line("grid", left, panel.y(value), right, panel.y(value));
    svg += plot_text(left - 8, panel.y(value) + 4, "end", decimal(value, digits));
  }
  const std::size_t every = records.size() / 24 + 1;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const double x = plot_x(i, records.size());
    if (i % every == 0) svg += plot_text(x, bottom + 18, "middle", std::to_string(i + 1));
    if (i > 0 && records[i].phase == records[i - 1].phase) continue;
    const double begin = x - 0.5 * plot_panel::width / static_cast<double>(records.size());
    if (i > 0) svg += plot_line("phase", begin, panel.top - 16, begin, bottom);
    svg += plot_text(begin + 4, panel.top - 5, "start", phase_label(records, i));
  }
  svg += "<rect class=\"frame\" x=\"" + decimal(left, 0) + "\" y=\"" + decimal(panel.top, 0) + "\" width=\"" +
         decimal(plot_panel::width, 0) + "\" height=\"" + decimal(plot_panel::height, 0) + "\"/>\n";
  svg += plot_text(left + plot_panel::width / 2, bottom + 36, "middle", "epoch, through all phases");
  const std::string middle = decimal(panel.top + plot_panel::height / 2, 1);
  return svg + "<text transform=\"translate(18 " + middle + ") rotate(-90)\" text-anchor=\"middle\">" +
         std::string{panel.title} + "</text>\n";
}

inline std::string plot_legend()
{
  return "<g class=\"training\">" + plot_line("training", 480, 20, 516, 20) + "</g>" +
         plot_text(522, 24, "start", "training") + "<g class=\"validation\">" +
         plot_line("validation", 610, 20, 646, 20) + "</g>" + plot_text(652, 24, "start", "validation");
}

}  // namespace detail

/// returns:  an SVG document of 760 x 640: losses above, accuracies below, epochs of all phases from left to right. It
///           has colors for dark pages too, and needs nothing outside of itself. If there is something to be said of the
///           split, as "leaky", it stands above.
/// throws:   error{number_not_finite}
inline std::string history_svg(const std::vector<epoch_record>& records, std::string_view split = {})
{
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"640\" viewBox=\"0 0 760 640\" "
                    "role=\"img\">\n<title>Losses and accuracies by epoch</title>\n";
  svg += detail::plot_style;
  svg += "<rect class=\"ground\" width=\"760\" height=\"640\"/>\n" + detail::plot_legend();
  if (!split.empty()) svg += detail::plot_text(detail::plot_panel::left, 24, "start", std::string{split} + " split");
  std::array<detail::plot_panel, 2> panels{{
    {"loss (cross-entropy)", &epoch_record::loss, &epoch_record::validation_loss, 56},
    {"accuracy", &epoch_record::accuracy, &epoch_record::validation_accuracy, 366}}};
  if (records.empty()) svg += detail::plot_text(380, 320, "middle", "no epoch is finished yet");
  for (detail::plot_panel& panel : panels) {
    if (records.empty()) continue;
    detail::fit_range(panel, records);
    svg += detail::plot_axes(panel, records);
    svg += detail::plot_curve(panel, records, panel.training, "training");
    svg += detail::plot_curve(panel, records, panel.validation, "validation");
  }
  return svg + "</svg>\n";
}

}  // namespace thorax
