// SPDX-License-Identifier: MIT

#include <thorax/train/history_plot.hpp>

#include "support/catch.hpp"
#include "support/reference_series.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::epoch_record;
using thorax::history_svg;

namespace {

std::vector<epoch_record> reference_history()
{
  std::vector<epoch_record> history;
  for (const auto* phase : {&reference_phase_1, &reference_phase_2})
    for (const thorax::validation& each : *phase)
      history.push_back({phase == &reference_phase_1 ? 1 : 2, 1, 1e-4, 1.2 * each.loss, .9 * each.accuracy, each.loss,
                         each.accuracy, 1});
  return history;
}

int count_of(const std::string& words, const std::string& text)
{
  int count = 0;
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; at += words.size()) ++count;
  return count;
}

/// The numbers behind `name="` in order.
std::vector<double> numbers_of(const std::string& name, const std::string& text)
{
  std::vector<double> numbers;
  const std::string begin = " " + name + "=\"";
  for (std::size_t at = 0; (at = text.find(begin, at)) != std::string::npos;) {
    at += begin.size();
    numbers.push_back(std::stod(text.substr(at)));
  }
  return numbers;
}

}  // namespace

TEST_CASE("a history is drawn as four curves with a point an epoch, and a line where a phase begins", "[train]")
{
  const std::string svg = history_svg(reference_history());
  CHECK(svg.starts_with("<svg xmlns"));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(count_of("<polyline", svg) == 4);
  CHECK(count_of("<circle", svg) == 4 * 19);
  CHECK(count_of("<line class=\"phase\"", svg) == 2);  // one in each diagram
  CHECK(count_of(">phase 1<", svg) == 2);
  CHECK(count_of(">phase 2<", svg) == 2);
  for (const char* words : {">training<", ">validation<", ">loss (cross-entropy)<", ">accuracy<"})
    CHECK(count_of(words, svg) == 1);
  CHECK(count_of("prefers-color-scheme:dark", svg) == 2);  // what all diagrams share, and the curves
  CHECK(count_of(">epoch, through all phases<", svg) == 2);
}

TEST_CASE("a lower loss is drawn lower, later epochs further right, and all within their frames", "[train]")
{
  const std::vector<epoch_record> history = reference_history();
  const std::string svg = history_svg(history);
  const std::vector<double> x = numbers_of("cx", svg), y = numbers_of("cy", svg);
  REQUIRE(y.size() == 4 * 19);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double top = i < 38 ? 56 : 366;
    CHECK((y[i] >= top && y[i] <= top + 220));
    CHECK((x[i] > 70 && x[i] < 730));
    if (i % 19 > 0) CHECK(x[i] > x[i - 1]);
  }
  for (std::size_t i = 1; i < 19; ++i) {  // the second curve is the validation loss
    const double change = history[i].validation_loss - history[i - 1].validation_loss;
    if (std::abs(change) > .002) CHECK((y[19 + i] < y[18 + i]) == (change > 0));
  }
}

TEST_CASE("a beginning, one epoch, equal numbers and hundreds of epochs can be drawn", "[train]")
{
  CHECK(count_of("no epoch is finished yet", history_svg({})) == 1);
  const epoch_record flat{1, 1, 1e-3, 0, 1, 0, 1, 0};
  for (const std::size_t epochs : {std::size_t{1}, std::size_t{3}, std::size_t{400}}) {
    const std::string svg = history_svg(std::vector<epoch_record>(epochs, flat));
    CHECK(count_of("<circle", svg) == static_cast<int>(4 * epochs));
    CHECK(count_of("nan", svg) + count_of("inf", svg) == 0);
    CHECK(count_of("<text", svg) < 90);  // not every epoch has its number
  }
  const std::string steep = history_svg({{1, 1, 1, 1e9, 0, 1e-9, 1, 0}, {1, 2, 1, 3, .3, 2, .1, 0}});
  CHECK(count_of("nan", steep) + count_of("inf", steep) == 0);
}

TEST_CASE("a short phase has a short name, or none, that does not lie over the next one", "[train]")
{
  std::vector<epoch_record> history(20, epoch_record{2, 1, 1, 1, .5, 1, .5, 1});
  history.front().phase = 1;
  const std::string short_name = history_svg(history);
  CHECK(count_of(">phase 1<", short_name) == 0);
  CHECK(count_of("text-anchor=\"start\">1<", short_name) == 2);
  CHECK(count_of(">phase 2<", short_name) == 2);
  history.resize(200, history.back());
  const std::string nameless = history_svg(history);
  CHECK(count_of("text-anchor=\"start\">1<", nameless) == 0);
  CHECK(count_of("<line class=\"phase\"", nameless) == 2);
}

TEST_CASE("a number that is none is not drawn", "[train]")
{
  epoch_record bad;
  bad.validation_loss = std::numeric_limits<double>::infinity();
  CHECK(refuses(thorax::error_code::number_not_finite, "cannot be drawn", [&] { history_svg({bad}); }));
}

TEST_CASE("what is to be said of the split stands in the picture", "[train]")
{
  CHECK(count_of("leaky split", history_svg(reference_history(), "leaky")) == 1);
  CHECK(count_of("split", history_svg(reference_history())) == 0);
}
