// SPDX-License-Identifier: MIT
#include <thorax/image/nearest.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

#include <cmath>

TEST_CASE("nearest resizing is Pillow's, sample for sample", "[image]")
{
  int compared = 0;
  thorax::nearest_scratch scratch;
  thorax::image out;
  for (std::istringstream& line : golden_lines("resized.txt")) {
    std::string kind;
    int height = 0;
    int width = 0;
    int channels = 0;
    int new_height = 0;
    int new_width = 0;
    std::uint64_t expected = 0;
    line >> kind >> height >> width >> channels >> new_height >> new_width >> std::hex >> expected;
    if (kind != "nearest") continue;
    INFO(height << "x" << width << "x" << channels << " to " << new_height << "x" << new_width);
    thorax::resize_nearest(pattern(height, width, channels), new_height, new_width, scratch, out);
    CHECK(fingerprint(out) == expected);
    ++compared;
  }
  CHECK(compared > 200);
}

TEST_CASE("nearest positions are added up in double, not computed each", "[image]")
{
  std::vector<int> source;
  int differing_sizes = 0;
  for (int old_size = 2; old_size <= 400; ++old_size) {
    thorax::fit_nearest(old_size, 300, source);
    bool differs = false;
    for (int i = 0; i < 300; ++i) {
      const int pixel = source[static_cast<std::size_t>(i)];
      const int exact = (2 * i + 1) * old_size / 600;
      REQUIRE(std::abs(pixel - exact) <= 1);
      differs = differs || pixel != exact;
    }
    differing_sizes += differs ? 1 : 0;
  }
  CHECK(differing_sizes > 0);
}
