// SPDX-License-Identifier: MIT
#include <thorax/image/bilinear.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

namespace {

thorax::image bilinear(const thorax::image& film, int height, int width)
{
  thorax::bilinear_scratch scratch;
  thorax::image out;
  thorax::resize_bilinear(film, height, width, scratch, out);
  return out;
}

}  // namespace

TEST_CASE("bilinear resizing is Pillow's, sample for sample", "[image]")
{
  int compared = 0;
  for (std::istringstream& line : golden_lines("resized.txt")) {
    std::string kind;
    int height = 0;
    int width = 0;
    int channels = 0;
    int new_height = 0;
    int new_width = 0;
    std::uint64_t expected = 0;
    line >> kind >> height >> width >> channels >> new_height >> new_width >> std::hex >> expected;
    if (kind != "bilinear") continue;
    INFO(height << "x" << width << "x" << channels << " to " << new_height << "x" << new_width);
    CHECK(fingerprint(bilinear(pattern(height, width, channels), new_height, new_width)) == expected);
    ++compared;
  }
  CHECK(compared > 200);
}

TEST_CASE("bilinear weights add up to one within their last places", "[image]")
{
  thorax::triangle_axis axis;
  axis.fit(300, 7);
  for (int i = 0; i < 7; ++i) {
    std::int64_t sum = 0;
    for (const std::int32_t weight : axis.weights(i)) sum += weight;
    CHECK(std::abs(sum - (std::int64_t{1} << thorax::triangle_axis::places)) < 100);
  }
}

TEST_CASE("black and white survive bilinear resizing unchanged", "[image]")
{
  thorax::image film{211, 97, 1};
  for (const int value : {0, 255}) {
    std::fill(film.samples.begin(), film.samples.end(), static_cast<std::uint8_t>(value));
    for (const std::uint8_t sample : bilinear(film, 30, 31).samples) REQUIRE(sample == value);
  }
}
