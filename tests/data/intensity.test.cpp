// SPDX-License-Identifier: MIT
#include <thorax/data/intensity.hpp>

#include "support/catch.hpp"

#include <algorithm>  // max, min
#include <cmath>      // abs, exp, pow
#include <vector>

using thorax::augmentation;
using thorax::draw_intensity;
using thorax::drawn_intensity;
using thorax::preprocessing;
using thorax::random_stream;
using thorax::view;

namespace {

/// Gray levels, normalized as the rule says, changed, and taken back.
std::vector<double> changed(const drawn_intensity& drawn, const std::vector<double>& levels, const preprocessing& rule,
                            int channel = 0)
{
  const auto count = static_cast<int>(levels.size());
  const auto c = static_cast<std::size_t>(channel);
  std::vector<float> film(3 * levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i)
    for (std::size_t of = 0; of < 3; ++of)
      film[of * levels.size() + i] = static_cast<float>((levels[i] - double{rule.mean[of]}) / double{rule.deviation[of]});
  thorax::apply(drawn, rule, view<float>::packed(film.data(), 1, {3, 1, count}));
  std::vector<double> found;
  for (std::size_t i = 0; i < levels.size(); ++i)
    found.push_back(double{film[c * levels.size() + i]} * double{rule.deviation[c]} + double{rule.mean[c]});
  return found;
}

}  // namespace

TEST_CASE("gray levels change by contrast about mid-gray, then brightness, then gamma, and stay between black and white",
          "[data]")
{
  const std::vector<double> levels{0, .1, .25, .5, .75, .9, 1};
  const preprocessing rules[] = {preprocessing{}, thorax::keras_preprocessing, thorax::xrv_preprocessing};
  const drawn_intensity changes[] = {{1.3, 0, 1}, {1, .2, 1}, {1, -.2, 1}, {1, 0, .7}, {.6, .1, 1.5}, {1.9, -.4, 2}};
  for (const preprocessing& rule : rules)
    for (const drawn_intensity& each : changes)
      for (int channel = 0; channel < 3; ++channel) {
        const std::vector<double> found = changed(each, levels, rule, channel);
        for (std::size_t i = 0; i < levels.size(); ++i) {
          const double moved = .5 + each.contrast * (levels[i] - .5) + each.brightness;
          const double expected = std::pow(std::min(1.0, std::max(0.0, moved)), each.gamma);
          INFO("level " << levels[i] << ", channel " << channel);
          CHECK(std::abs(found[i] - expected) < 1e-5);  // a rounding of black, 3e-8, to the power of 0.7
        }
      }
}

TEST_CASE("by hand: half the contrast, a fifth brighter, squared", "[data]")
{
  const std::vector<double> found = changed({.5, .2, 2}, {0, .5, 1}, thorax::keras_preprocessing);
  CHECK(std::abs(found[0] - .2025) < 1e-6);  // .25 + .2 = .45
  CHECK(std::abs(found[1] - .49) < 1e-6);    // .5 + .2 = .7
  CHECK(std::abs(found[2] - .9025) < 1e-6);  // .75 + .2 = .95
}

TEST_CASE("no change of gray levels leaves every bit, even those that are none", "[data]")
{
  std::vector<float> film{-3.0F, .123456789F, 77.0F};
  const std::vector<float> before = film;
  thorax::apply(drawn_intensity{}, {}, view<float>::packed(film.data(), 1, {1, 1, 3}));
  CHECK(film == before);
  CHECK(draw_intensity(augmentation{}, random_stream{3}) == drawn_intensity{});
}

TEST_CASE("drawn intensities stay within their ranges, fill them, and are a pure function of the stream", "[data]")
{
  const augmentation rule{.brightness = .2F, .contrast = .3F, .gamma = .5F};
  drawn_intensity least{9, 9, 9}, most{-9, -9, -9};
  int brighter_and_harder = 0;
  constexpr int films = 4000;
  for (std::uint64_t film = 0; film < films; ++film) {
    const drawn_intensity drawn = draw_intensity(rule, random_stream{1} / 2 / film);
    REQUIRE(drawn == draw_intensity(rule, random_stream{1} / 2 / film));
    least = {std::min(least.contrast, drawn.contrast), std::min(least.brightness, drawn.brightness),
             std::min(least.gamma, drawn.gamma)};
    most = {std::max(most.contrast, drawn.contrast), std::max(most.brightness, drawn.brightness),
            std::max(most.gamma, drawn.gamma)};
    brighter_and_harder += drawn.brightness > 0 && drawn.contrast > 1 ? 1 : 0;
  }
  const auto is_filled = [](double low, double high, double expected_low, double expected_high) {
    const double slack = .005 * (expected_high - expected_low);
    return low >= expected_low - 1e-7 && low < expected_low + slack && high <= expected_high + 1e-7 &&
           high > expected_high - slack;
  };
  CHECK(is_filled(least.contrast, most.contrast, .7, 1.3));
  CHECK(is_filled(least.brightness, most.brightness, -.2, .2));
  CHECK(is_filled(least.gamma, most.gamma, std::exp(-.5), std::exp(.5)));
  CHECK(std::abs(brighter_and_harder - films / 4) < 110);  // four standard deviations: they are drawn apart
}
