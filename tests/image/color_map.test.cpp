// SPDX-License-Identifier: MIT
#include <thorax/image/color_map.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

namespace {

/// The lightness L* (CIE 1976) of an sRGB color.
double lightness(const thorax::rgb& color)
{
  const auto linear = [](int sample) {
    const double v = sample / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double luminance = 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
  return 116 * std::cbrt(luminance) - 16;
}

}  // namespace

TEST_CASE("the heat colors grow lighter all the way, so that no color blindness hides their order", "[image]")
{
  double before = lightness(thorax::color_map(0));
  CHECK(before < 20);
  for (int i = 1; i <= 16; ++i) {
    const double now = lightness(thorax::color_map(i / 16.0));
    CHECK(now - before > 2.5);
    CHECK(now - before < 8);
    before = now;
  }
  CHECK(before > 90);
}

TEST_CASE("the heat colors go from violet over red to yellow", "[image]")
{
  const thorax::rgb low = thorax::color_map(0);
  const thorax::rgb middle = thorax::color_map(0.5);
  const thorax::rgb high = thorax::color_map(1);
  CHECK(low[2] > low[0]);
  CHECK(low[0] > low[1]);
  CHECK(middle[0] > middle[1]);
  CHECK(middle[0] > middle[2]);
  CHECK(high[0] > 240);
  CHECK(high[1] > 220);
  CHECK(high[2] < 150);
}

TEST_CASE("white and black are what Oklab says they are", "[image]")
{
  CHECK(thorax::detail::color_of(1, 0, 0) == thorax::rgb{255, 255, 255});
  CHECK(thorax::detail::color_of(0, 0, 0) == thorax::rgb{0, 0, 0});
  // Ottosson's value for pure red: L 0.62796, C 0.25768, h 29.234°.
  CHECK(thorax::detail::color_of(0.627955, 0.257683, 29.2339) == thorax::rgb{255, 0, 0});
}

TEST_CASE("values outside zero to one take the color of the nearer end", "[image]")
{
  CHECK(thorax::color_map(-3) == thorax::color_map(0));
  CHECK(thorax::color_map(7) == thorax::color_map(1));
  CHECK(thorax::color_map(std::numeric_limits<double>::quiet_NaN()) == thorax::color_map(0));
  CHECK(thorax::color_map(std::numeric_limits<double>::infinity()) == thorax::color_map(1));
}
