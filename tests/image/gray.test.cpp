// SPDX-License-Identifier: MIT
#include <thorax/image/gray.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

static_assert(thorax::luma(0, 0, 0) == 0);
static_assert(thorax::luma(255, 255, 255) == 255);
static_assert(thorax::luma(255, 0, 0) == 76);
static_assert(thorax::luma(0, 255, 0) == 150);
static_assert(thorax::luma(0, 0, 255) == 29);

TEST_CASE("the luma is Pillow's", "[image]")
{
  std::vector<std::istringstream> lines = golden_lines("gray.txt");
  REQUIRE(lines.size() == 1);
  int height = 0;
  int width = 0;
  std::uint64_t expected = 0;
  lines.front() >> height >> width >> std::hex >> expected;
  const thorax::image found = thorax::gray(pattern(height, width, 3));
  CHECK(found.channels == 1);
  CHECK(fingerprint(found) == expected);
}

TEST_CASE("a gray film stays what it is, and so do equal colors", "[image]")
{
  const thorax::image film = pattern(6, 9, 1);
  CHECK(thorax::gray(film) == film);
  for (std::uint32_t v = 0; v < 256; ++v) CHECK(thorax::luma(v, v, v) == v);
}
