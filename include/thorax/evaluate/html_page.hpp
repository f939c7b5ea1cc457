// SPDX-License-Identifier: MIT
//
// html_page: one HTML file that stands alone: no script, nothing loaded, for phones and desks, light and dark.

#pragma once

#include <thorax/base/svg_plot.hpp>  // markup_escaped

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint32_t
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

namespace detail {

/// The grounds are those of the diagrams, see svg_begin.
inline constexpr std::string_view page_style =
  ":root{color-scheme:light dark;--ground:#fff;--ink:#1d1f23;--faint:#5a606b;--rule:#d9dce1;--panel:#f5f6f8;"
  "--cell:0,114,178;--mark:#a33c00}\n"
  "@media (prefers-color-scheme:dark){:root{--ground:#16181d;--ink:#e6e6e6;--faint:#a6adb8;--rule:#363a43;"
  "--panel:#1f2229;--cell:108,182,236;--mark:#ff9d5c}}\n"
  "*{box-sizing:border-box}\n"
  "body{margin:0 auto;max-width:62rem;padding:1rem 1rem 4rem;background:var(--ground);color:var(--ink);"
  "font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
  "h1{font-size:1.6rem;line-height:1.25;margin:1rem 0 .25rem}h2{font-size:1.2rem;margin:2.25rem 0 .5rem;"
  "border-bottom:1px solid var(--rule);padding-bottom:.25rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}\n"
  "p{margin:.5rem 0}.faint,figcaption{color:var(--faint);font-size:.875rem}\n"
  ".notice,.mark{background:var(--panel);border-left:4px solid var(--faint);padding:.5rem .9rem;"
  "margin:1rem 0}\n"
  ".notice{font-size:.9rem}.mark{border-color:var(--mark)}.mark strong{color:var(--mark)}\n"
  ".scroll{overflow-x:auto;margin:.5rem 0}\n"
  "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}\n"
  "th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid var(--rule);overflow-wrap:normal}\n"
  "th{font-weight:600}th:first-child,td:first-child{text-align:left;padding-left:0}\n"
  "td small{color:var(--faint);display:block;white-space:nowrap}td[style] small{color:inherit}\n"
  "@media (max-width:34rem){table{font-size:.8rem}th,td{padding:.3rem .4rem}td small{font-size:.7rem}}\n"
  ".numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1rem 0}\n"
  ".numbers div{background:var(--panel);padding:.6rem .9rem;border-radius:.4rem}\n"
  ".numbers b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}\n"
  ".numbers span{color:var(--faint);font-size:.85rem}.numbers small{color:var(--faint);display:block;"
  "font-size:.8rem}\n"
  "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.75rem 0}"
  "dt{color:var(--faint)}dd{margin:0}\n"
  "@media (max-width:34rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}\n"
  ".plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem}\n"
  "figure{margin:.75rem 0}figcaption{margin:.25rem 0}svg,img{max-width:100%;height:auto}\n"
  ".films{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.25rem}\n"
  ".pair{display:grid;grid-template-columns:1fr 1fr;gap:.4rem;align-items:start}.pair img{display:block;"
  "width:100%}\n"
  "@media print{body{max-width:none}h2{break-after:avoid}figure,table{break-inside:avoid}}\n";

}  // namespace detail

/// returns:  bytes in the 64 letters of RFC 4648, padded
inline std::string base64(std::span<const std::byte> bytes)
{
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t place) {
      return place < bytes.size() ? std::to_integer<std::uint32_t>(bytes[place]) : 0U;
    };
    const std::uint32_t three = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    for (const int shift : {18, 12, 6, 0}) text += letters[three >> shift & 63U];
    if (i + 2 >= bytes.size()) text.back() = '=';
    if (i + 1 >= bytes.size()) text[text.size() - 2] = '=';
  }
  return text;
}

/// returns:  a picture inside of the page; `alternative` is text for those who do not see it
inline std::string html_picture(std::span<const std::byte> png, std::string_view alternative)
{
  return "<img alt=\"" + markup_escaped(alternative) + "\" src=\"data:image/png;base64," + base64(png) + "\">";
}

/// Cells are markup; the first column is what the row is about.
struct html_table {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// returns:  rows of a table below what they are about; where the page is narrower they scroll, and the page does not
inline std::string html_scrolled(std::string_view caption, std::string_view rows)
{
  return "<figure><figcaption>" + std::string{caption} +
         "</figcaption><div class=\"scroll\" tabindex=\"0\"><table>" + std::string{rows} +
         "</table></div></figure>\n";
}

inline std::string html_of(const html_table& table)
{
  std::string html = "<thead><tr>";
  for (const std::string& column : table.columns) html += "<th scope=\"col\">" + column + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      html += i == 0 ? "<th scope=\"row\">" + row[i] + "</th>" : "<td>" + row[i] + "</td>";
    html += "</tr>\n";
  }
  return html_scrolled(table.caption, html + "</tbody>");
}

/// returns:  a heading and what stands below it; both are markup
inline std::string html_section(std::string_view heading, std::string_view body)
{
  return "<section>\n<h2>" + std::string{heading} + "</h2>\n" + std::string{body} + "</section>\n";
}

/// returns:  the whole file. `title` is text, `body` markup. The page forbids itself scripts and everything from
///           elsewhere, so that a name that slipped through unescaped could do nothing.
inline std::string html_page(std::string_view title, std::string_view body)
{
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
         "img-src data:\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         markup_escaped(title) + "</title>\n<style>\n" + std::string{detail::page_style} +
         "</style>\n</head>\n<body>\n" + std::string{body} + "</body>\n</html>\n";
}

}  // namespace thorax
