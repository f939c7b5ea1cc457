// SPDX-License-Identifier: MIT
//
// curve_plot: ROC, precision-recall and reliability as pictures that a browser shows, on a light or a dark page.

#pragma once

#include <thorax/base/svg_plot.hpp>            // plot_frame, plot_rows, plot_border, svg_begin
#include <thorax/evaluate/calibration.hpp>     // calibration
#include <thorax/evaluate/finding_curves.hpp>  // finding_curve

#include <algorithm>  // max
#include <cmath>      // sqrt
#include <cstddef>    // size_t
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

/// Six colors that people with any color vision tell apart, each with strokes of its own; then they begin again.
inline constexpr std::size_t curve_kinds = 6;
inline constexpr std::string_view curve_style =
  ".guide{stroke:#888;stroke-dasharray:2 4}.bin{fill:#0072b2;fill-opacity:.25;stroke:none}\n"
  ".curve0{stroke:#0072b2;fill:#0072b2}.curve1{stroke:#c84e00;fill:#c84e00;stroke-dasharray:8 3}\n"
  ".curve2{stroke:#00805d;fill:#00805d;stroke-dasharray:3 3}\n"
  ".curve3{stroke:#a2478c;fill:#a2478c;stroke-dasharray:10 3 2 3}\n"
  ".curve4{stroke:#7a6500;fill:#7a6500;stroke-dasharray:14 4}\n"
  ".curve5{stroke:#3a3a9c;fill:#3a3a9c;stroke-dasharray:5 2 1 2 1 2}\n"
  ".micro{stroke:#777;fill:#777}g line{stroke-width:2}\n"
  "@media (prefers-color-scheme:dark){.guide{stroke:#999}.bin{fill:#6cb6ec}.curve0{stroke:#6cb6ec;fill:#6cb6ec}\n"
  ".curve1{stroke:#ff9d5c;fill:#ff9d5c}.curve2{stroke:#3fd0a6;fill:#3fd0a6}.curve3{stroke:#e59bd2;fill:#e59bd2}\n"
  ".curve4{stroke:#d8c04a;fill:#d8c04a}.curve5{stroke:#a9a9f5;fill:#a9a9f5}.micro{stroke:#aaa;fill:#aaa}}\n";

inline constexpr plot_frame unit_square{.left = 64, .top = 14, .width = 380, .height = 380};

inline std::string unit_axes(std::string_view across, std::string_view up)
{
  std::string svg = plot_rows(unit_square, 0.2);
  for (int i = 0; i <= 5; ++i)
    svg += svg_text(unit_square.x(0.2 * i), unit_square.bottom() + 18, "middle", fixed_digits(0.2 * i, 1));
  return svg + plot_border(unit_square, across, up);
}

/// Leaves out the points that fall on the one before: many films make no more pixels.
class curve_pen {
public:
  void to(double x, double y)
  {
    const std::string point = svg_number(unit_square.x(x)) + "," + svg_number(unit_square.y(y));
    if (point == last_) return;
    points_ += (points_.empty() ? "" : " ") + point;
    last_ = point;
  }

  [[nodiscard]] std::string line() const { return "<polyline points=\"" + points_ + "\"/>\n"; }

private:
  std::string points_;
  std::string last_;
};

/// `draw(pen, curve)` draws one; `number` is what the legend says of it.
template<class Draw>
std::string curves_svg(std::span<const finding_curve> curves, std::string_view title, std::string_view axes,
                       std::string_view word, std::optional<double> finding_curve::*number, Draw draw)
{
  const int height = 454 + 20 * static_cast<int>(curves.size());
  std::string svg = svg_begin(460, height, title, curve_style) + std::string{axes};
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const finding_curve& curve = curves[i];
    const std::string kind = curve.name == micro_average ? "micro" : "curve" + std::to_string(i % curve_kinds);
    const double row = 456 + 20 * static_cast<double>(i);
    curve_pen pen;
    draw(pen, curve);
    const std::optional<double>& value = curve.*number;
    svg += "<g class=\"" + kind + "\">\n" + pen.line() + svg_line(kind, 64, row - 4, 100, row - 4) + "</g>\n";
    svg += svg_text(108, row, "start",
                    markup_escaped(curve.name) + ", " + std::string{word} + " " +
                      (value ? fixed_digits(*value, 3) : std::string{"undefined"}));
  }
  return svg + "</svg>\n";
}

}  // namespace detail

/// returns:  an SVG document, 460 wide: a curve for each finding, and its area
inline std::string roc_svg(std::span<const finding_curve> curves)
{
  const std::string axes =
    detail::unit_axes("false positive rate (1 - specificity)", "true positive rate (sensitivity)") +
    svg_line("guide", detail::unit_square.x(0), detail::unit_square.y(0), detail::unit_square.x(1),
             detail::unit_square.y(1));
  return detail::curves_svg(curves, "ROC curves, one finding against the rest", axes, "area", &finding_curve::area,
                            [](detail::curve_pen& pen, const finding_curve& curve) {
                              for (const roc_point& at : curve.roc)
                                pen.to(at.false_positive_rate, at.true_positive_rate);
                            });
}

/// returns:  the same of precision by recall, as the staircase whose area average precision is
inline std::string precision_recall_svg(std::span<const finding_curve> curves)
{
  return detail::curves_svg(
    curves, "Precision by recall, one finding against the rest",
    detail::unit_axes("recall (sensitivity)", "precision (PPV)"), "average precision",
    &finding_curve::average_precision, [](detail::curve_pen& pen, const finding_curve& curve) {
      double before = curve.precision_recall.empty() ? 0 : curve.precision_recall.front().precision;
      for (const precision_recall_point& at : curve.precision_recall) {
        pen.to(at.recall, before);
        pen.to(at.recall, at.precision);
        before = at.precision;
      }
    });
}

/// returns:  an SVG document, 460 wide: of each bin the share of right answers by the mean of the highest
///           probabilities, as a dot that is larger where there are more films; below, how many there are
inline std::string reliability_svg(const calibration& found)
{
  const plot_frame& square = detail::unit_square;
  const double bins = static_cast<double>(found.top_bins.size());
  std::string svg = svg_begin(460, 478, "Reliability of the highest probability", detail::curve_style) +
                    detail::unit_axes("highest probability", "share of right answers") +
                    svg_line("guide", square.x(0), square.y(0), square.x(1), square.y(1));
  std::string dots;
  detail::curve_pen pen;
  for (std::size_t b = 0; b < found.top_bins.size(); ++b) {
    const reliability_bin& bin = found.top_bins[b];
    if (bin.films == 0) continue;
    const double share = static_cast<double>(bin.films) / static_cast<double>(std::max<std::int64_t>(found.n, 1));
    const double left = square.x(static_cast<double>(b) / bins);
    svg += svg_rectangle("bin", left, square.y(share), square.width / bins, square.bottom() - square.y(share));
    pen.to(bin.mean_confidence, bin.accuracy);
    dots += svg_dot(square.x(bin.mean_confidence), square.y(bin.accuracy), 2 + 8 * std::sqrt(share));
  }
  svg += "<g class=\"curve0\">\n" + pen.line() + dots + "</g>\n";
  svg += svg_text(64, 452, "start", "dots: bins of films, on the dotted line if scores mean what they say");
  return svg +
         svg_text(64, 470, "start", "columns: the share of all " + std::to_string(found.n) + " films in the bin") +
         "</svg>\n";
}

}  // namespace thorax
