// SPDX-License-Identifier: MIT

#include <thorax/base/svg_plot.hpp>

#include "support/catch.hpp"

#include <string>

TEST_CASE("a frame puts its numbers where they belong, upwards and to the right", "[base]")
{
  const thorax::plot_frame frame{
    .left = 70, .top = 20, .width = 200, .height = 100, .x_high = 4, .y_low = -1, .y_high = 3};
  CHECK(frame.x(0) == 70);
  CHECK(frame.x(1) == 120);
  CHECK(frame.x(4) == frame.right());
  CHECK(frame.y(3) == 20);
  CHECK(frame.y(-1) == frame.bottom());
  CHECK(frame.y(1) == 70);
}

TEST_CASE("a step is 1, 2 or 5 times a power of ten", "[base]")
{
  CHECK(thorax::round_step(1, 5) == 0.2);
  CHECK(thorax::round_step(0.9, 5) == 0.2);
  CHECK(thorax::round_step(13, 5) == 5);
  CHECK(thorax::round_step(450, 5) == 100);
  CHECK(thorax::round_step(500, 5) == 100);
}

TEST_CASE("rows carry as many digits as the step has", "[base]")
{
  const std::string halves = thorax::plot_rows({.left = 0, .top = 0, .width = 10, .height = 10}, 0.5);
  for (const char* words : {">0.0<", ">0.5<", ">1.0<"}) CHECK(halves.find(words) != std::string::npos);
  const std::string tens = thorax::plot_rows({.left = 0, .top = 0, .width = 10, .height = 10, .y_high = 20}, 10);
  for (const char* words : {">0<", ">10<", ">20<"}) CHECK(tens.find(words) != std::string::npos);
}

TEST_CASE("a name cannot leave its place in a page", "[base]")
{
  CHECK(thorax::markup_escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&#39;");
  CHECK(thorax::markup_escaped("\xC3\x84rzte\n\x01") == "\xC3\x84rzte\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a document says what it shows and has colors for a dark page", "[base]")
{
  const std::string svg = thorax::svg_begin(40, 30, "Two points", ".own{fill:red}\n");
  CHECK(
    svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\" viewBox=\"0 0 40 30\""));
  for (const char* words : {"<title>Two points</title>", "prefers-color-scheme:dark", ".own{fill:red}"})
    CHECK(svg.find(words) != std::string::npos);
}

TEST_CASE("elements are these texts", "[base]")
{
  CHECK(thorax::svg_line("grid", 1, 2, 3, 4.25) ==
        "<line class=\"grid\" x1=\"1.0\" y1=\"2.0\" x2=\"3.0\" y2=\"4.2\"/>\n");
  CHECK(thorax::svg_dot(1, 2, 3) == "<circle cx=\"1.0\" cy=\"2.0\" r=\"3.0\"/>\n");
  CHECK(thorax::svg_text(1, 2, "end", "x") == "<text x=\"1.0\" y=\"2.0\" text-anchor=\"end\">x</text>\n");
  const std::string border =
    thorax::plot_border({.left = 60, .top = 0, .width = 10, .height = 10}, "across", "up");
  for (const char* words : {"class=\"frame\"", ">across<", "rotate(-90)\" text-anchor=\"middle\">up<"})
    CHECK(border.find(words) != std::string::npos);
}
