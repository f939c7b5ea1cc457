// SPDX-License-Identifier: MIT
//
// history_plot: losses and accuracies by epoch as a picture that a browser shows, on a light or a dark page.

#pragma once

#include <thorax/base/ensure.hpp>    // ensure
#include <thorax/base/svg_plot.hpp>  // plot_frame, plot_rows, plot_border, svg_begin
#include <thorax/train/history.hpp>  // epoch_record

#include <algorithm>  // max, min
#include <array>
#include <cmath>    // abs, ceil, floor, isfinite
#include <cstddef>  // size_t
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

namespace detail {

/// Colors and strokes; training is dashed, so that no color is needed to tell the lines apart.
inline constexpr std::string_view history_style =
  ".phase{stroke:#666;stroke-dasharray:2 3}.training{stroke:#0072b2;fill:#0072b2;stroke-dasharray:6 3}\n"
  ".validation{stroke:#c84e00;fill:#c84e00}line.training,line.validation{stroke-width:2}\n"
  "@media (prefers-color-scheme:dark){.phase{stroke:#aaa}.training{stroke:#6cb6ec;fill:#6cb6ec}\n"
  ".validation{stroke:#ff9d5c;fill:#ff9d5c}}\n";

/// One of the two diagrams: pixels and what they mean. An epoch is 1 wide, from 0 on.
struct history_panel {
  std::string_view title;
  double epoch_record::*training;
  double epoch_record::*validation;
  plot_frame frame;
  double step{};
};

/// The middle of the epoch's share of the width; `index` counts from 0.
inline double middle_of(const plot_frame& frame, std::size_t index)
{
  return frame.x(static_cast<double>(index) + 0.5);
}

inline void fit_range(history_panel& panel, const std::vector<epoch_record>& records)
{
  double low = records.front().*panel.training, high = low;
  for (const epoch_record& each : records)
    for (const double value : {each.*panel.training, each.*panel.validation}) {
      ensure(std::isfinite(value), error_code::number_not_finite,
             [] { return "a history with a number that is none cannot be drawn"; });
      low = std::min(low, value);
      high = std::max(high, value);
    }
  plot_frame& frame = panel.frame;
  panel.step = round_step(std::max(high - low, 1e-3 * std::max(1.0, std::abs(high))), 5);
  frame.x_high = static_cast<double>(records.size());
  frame.y_low = std::floor(low / panel.step) * panel.step;
  frame.y_high = std::max(std::ceil(high / panel.step) * panel.step, frame.y_low + panel.step);
}

inline std::string history_curve(const history_panel& panel, const std::vector<epoch_record>& records,
                                 double epoch_record::*number, std::string_view kind)
{
  std::string points, dots;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const double x = middle_of(panel.frame, i), y = panel.frame.y(records[i].*number);
    points += (points.empty() ? "" : " ") + svg_number(x) + "," + svg_number(y);
    dots += svg_dot(x, y, 2.5);
  }
  return "<g class=\"" + std::string{kind} + "\">\n<polyline points=\"" + points + "\"/>\n" + dots + "</g>\n";
}

/// returns:  the name of the phase that begins there, as long as its epochs are wide
inline std::string phase_label(const plot_frame& frame, const std::vector<epoch_record>& records, std::size_t begin)
{
  std::size_t end = begin;
  while (end < records.size() && records[end].phase == records[begin].phase) ++end;
  const double width = frame.x(static_cast<double>(end)) - frame.x(static_cast<double>(begin));
  const std::string number = std::to_string(records[begin].phase);
  return width >= 64 ? "phase " + number : width >= 24 ? number : "";
}

/// Grid, frame, numbers, titles, and a line where a phase begins.
inline std::string history_axes(const history_panel& panel, const std::vector<epoch_record>& records)
{
  const plot_frame& frame = panel.frame;
  std::string svg = plot_rows(frame, panel.step);
  const std::size_t every = records.size() / 24 + 1;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i % every == 0) svg += svg_text(middle_of(frame, i), frame.bottom() + 18, "middle", std::to_string(i + 1));
    if (i > 0 && records[i].phase == records[i - 1].phase) continue;
    const double begin = frame.x(static_cast<double>(i));
    if (i > 0) svg += svg_line("phase", begin, frame.top - 16, begin, frame.bottom());
    svg += svg_text(begin + 4, frame.top - 5, "start", phase_label(frame, records, i));
  }
  return svg + plot_border(frame, "epoch, through all phases", panel.title);
}

inline std::string history_legend()
{
  return "<g class=\"training\">" + svg_line("training", 480, 20, 516, 20) + "</g>" +
         svg_text(522, 24, "start", "training") + "<g class=\"validation\">" +
         svg_line("validation", 610, 20, 646, 20) + "</g>" + svg_text(652, 24, "start", "validation");
}

}  // namespace detail

/// returns:  an SVG document of 760 x 640: losses above, accuracies below, epochs of all phases from left to right. It
///           has colors for dark pages too, and needs nothing outside of itself. If there is something to be said of the
///           split, as "leaky", it stands above.
/// throws:   error{number_not_finite}
inline std::string history_svg(const std::vector<epoch_record>& records, std::string_view split = {})
{
  std::string svg = svg_begin(760, 640, "Losses and accuracies by epoch", detail::history_style) + detail::history_legend();
  if (!split.empty()) svg += svg_text(70, 24, "start", std::string{split} + " split");
  std::array<detail::history_panel, 2> panels{
    {{"loss (cross-entropy)", &epoch_record::loss, &epoch_record::validation_loss,
      {.left = 70, .top = 56, .width = 660, .height = 220}},
     {"accuracy", &epoch_record::accuracy, &epoch_record::validation_accuracy,
      {.left = 70, .top = 366, .width = 660, .height = 220}}}};
  if (records.empty()) svg += svg_text(380, 320, "middle", "no epoch is finished yet");
  for (detail::history_panel& panel : panels) {
    if (records.empty()) continue;
    detail::fit_range(panel, records);
    svg += detail::history_axes(panel, records);
    svg += detail::history_curve(panel, records, panel.training, "training");
    svg += detail::history_curve(panel, records, panel.validation, "validation");
  }
  return svg + "</svg>\n";
}

}  // namespace thorax
