// SPDX-License-Identifier: MIT

#include <thorax/evaluate/curve_plot.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

int count_of(const std::string& words, const std::string& text)
{
  int count = 0;
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; at += words.size()) ++count;
  return count;
}

/// The pixels of each line drawn.
std::vector<std::vector<std::pair<double, double>>> lines_of(const std::string& svg)
{
  std::vector<std::vector<std::pair<double, double>>> lines;
  const std::string begin = "<polyline points=\"";
  for (std::size_t at = 0; (at = svg.find(begin, at)) != std::string::npos;) {
    at += begin.size();
    std::istringstream points{svg.substr(at, svg.find('"', at) - at)};
    lines.emplace_back();
    char comma{};
    for (double x{}, y{}; points >> x >> comma >> y;) lines.back().emplace_back(x, y);
  }
  return lines;
}

std::vector<thorax::finding_curve> curves_named(const std::string& name)
{
  for (const golden::rule& of : golden::rules())
    if (of.name == name) return thorax::finding_curves(golden::predictions_of(of));
  FAIL("there is no case " << name);
  return {};
}

}  // namespace

TEST_CASE("ROC curves rise from the lower left corner to the upper right one", "[evaluate]")
{
  const std::string svg = thorax::roc_svg(curves_named("chest"));
  const auto lines = lines_of(svg);
  REQUIRE(lines.size() == 4);
  for (const auto& line : lines) {
    CHECK(line.front() == std::pair{64.0, 394.0});
    CHECK(line.back() == std::pair{444.0, 14.0});
    for (std::size_t i = 1; i < line.size(); ++i)
      CHECK((line[i].first >= line[i - 1].first && line[i].second <= line[i - 1].second));
  }
  for (const char* words : {">BACTERIAL, area 0.", ">micro average, area 0.", "class=\"guide\""})
    CHECK(count_of(words, svg) == 1);
}

TEST_CASE("precision is a staircase: no line of it is slanted", "[evaluate]")
{
  for (const auto& line : lines_of(thorax::precision_recall_svg(curves_named("chest_ties")))) {
    REQUIRE(line.size() > 1);
    CHECK(line.front().first == 444);
    CHECK(line.back() == std::pair{64.0, 14.0});
    for (std::size_t i = 1; i < line.size(); ++i)
      CHECK((line[i].first == line[i - 1].first || line[i].second == line[i - 1].second));
  }
}

TEST_CASE("films whose scores mean what they say are dots on the dotted line", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  for (int i = 0; i < 4; ++i)
    films.rows.push_back(
      {.path = "a", .true_finding = i == 0 ? 1 : 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  const std::string svg = thorax::reliability_svg(thorax::calibration_of(films));
  CHECK(lines_of(svg) == std::vector<std::vector<std::pair<double, double>>>{{{349, 109}}});
  CHECK(count_of("<circle cx=\"349.0\" cy=\"109.0\" r=\"10.0\"/>", svg) == 1);
  CHECK(count_of("class=\"bin\"", svg) == 1);
  CHECK(count_of("all 4 films", svg) == 1);
}

TEST_CASE("undefined curves, names with signs and many findings can be drawn", "[evaluate]")
{
  const std::string absent = thorax::roc_svg(curves_named("chest_absent"));
  CHECK(count_of("NORMAL, area undefined", absent) == 1);
  CHECK(count_of("nan", absent) + count_of("inf", absent) == 0);
  CHECK(lines_of(thorax::precision_recall_svg(curves_named("eleven"))).size() == 12);
  thorax::predictions films{{"<b>", "&"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {1, 0}});
  const std::string named = thorax::roc_svg(thorax::finding_curves(films));
  CHECK(count_of("<b>", named) == 0);
  CHECK(count_of("&lt;b&gt;", named) == 1);
}
