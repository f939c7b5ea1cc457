// SPDX-License-Identifier: MIT

#include <thorax/explain/notice.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using thorax::image;
using thorax::with_notice;

namespace {

image gray_picture(int height, int width, int channels = 1)
{
  image picture{height, width, channels};
  for (std::size_t i = 0; i < picture.samples.size(); ++i) picture.samples[i] = static_cast<std::uint8_t>(i % 200);
  return picture;
}

// The strip below the picture as text: one letter a pixel.
std::vector<std::string> strip_of(const image& out, int picture_height)
{
  std::vector<std::string> rows;
  for (int y = picture_height; y < out.height; ++y) {
    rows.emplace_back();
    for (int x = 0; x < out.width; ++x) rows.back() += out.at(y, x, 0) == 0 ? '.' : '#';
  }
  return rows;
}

int ink_of(const image& out, int picture_height)
{
  int ink = 0;
  for (const std::string& row : strip_of(out, picture_height))
    ink += static_cast<int>(std::count(row.begin(), row.end(), '#'));
  return ink;
}

}  // namespace

TEST_CASE("the notice stands below the picture, which it leaves as it is", "[explain]")
{
  for (const int channels : {1, 3}) {
    const image picture = gray_picture(20, 240, channels);
    const image out = with_notice(picture);
    CHECK(out.width == 240);
    CHECK(out.height == 30);
    CHECK(out.channels == channels);
    CHECK(std::equal(picture.samples.begin(), picture.samples.end(), out.samples.begin()));
    for (int y = 20; y < 30; ++y)
      for (int x = 0; x < 240; ++x)
        for (int c = 0; c < channels; ++c) CHECK((out.at(y, x, c) == 0 || out.at(y, x, c) == 235));
  }
}

TEST_CASE("the notice can be read", "[explain]")
{
  const std::vector<std::string> rows = strip_of(with_notice(gray_picture(8, 240)), 8);
  const std::vector<std::string> expected{"..............................",
                                          "####..#####..####.#####..###..",
                                          "#...#.#.....#.....#.....#...#.",
                                          "#...#.#.....#.....#.....#...#.",
                                          "####..####...###..####..#####.",
                                          "#.#...#.........#.#.....#...#.",
                                          "#..#..#.........#.#.....#...#.",
                                          "#...#.#####.####..#####.#...#.",
                                          "..............................",
                                          ".............................."};
  REQUIRE(rows.size() == expected.size());
  for (std::size_t y = 0; y < rows.size(); ++y) CHECK(rows[y].substr(4, 30) == expected[y]);
  CHECK(thorax::notice_words == "RESEARCH USE ONLY - NOT FOR DIAGNOSIS");
}

TEST_CASE("every letter of the notice has a shape of its own", "[explain]")
{
  std::vector<std::string> shapes;
  for (const auto& each : thorax::detail::notice_letters) {
    std::string shape;
    for (int y = 0; y < 7; ++y)
      for (int x = 0; x < 5; ++x) shape += thorax::detail::has_ink(each.letter, y, x) ? '#' : '.';
    CHECK((each.letter == ' ') == (shape.find('#') == std::string::npos));
    CHECK(std::find(shapes.begin(), shapes.end(), shape) == shapes.end());
    shapes.push_back(shape);
  }
  for (const char letter : thorax::notice_words)
    CHECK(std::any_of(thorax::detail::notice_letters.begin(), thorax::detail::notice_letters.end(),
                      [&](const auto& each) { return each.letter == letter; }));
}

TEST_CASE("a narrow picture breaks the notice into lines, a wide one enlarges it, and none loses a letter", "[explain]")
{
  const int once = ink_of(with_notice(gray_picture(5, 240)), 5);
  CHECK(once > 300);
  for (const int width : {12, 30, 64, 100, 150, 224, 229, 300}) {
    const image out = with_notice(gray_picture(5, width));
    INFO(width);
    CHECK(ink_of(out, 5) == once);
    CHECK((out.height - 5) % 10 == 0);
  }
  CHECK(with_notice(gray_picture(5, 100)).height == 5 + 3 * 10);
  using lines = std::vector<std::string_view>;
  CHECK(thorax::detail::broken_into_lines(thorax::notice_words, 16) ==
        lines{"RESEARCH USE", "ONLY - NOT FOR", "DIAGNOSIS"});
  CHECK(thorax::detail::broken_into_lines("ONLY NOT", 4) == lines{"ONLY", "NOT"});
  CHECK(thorax::detail::broken_into_lines("DIAGNOSIS", 4) == lines{"DIAG", "NOSI", "S"});
  const image twice = with_notice(gray_picture(5, 500));
  CHECK(twice.height == 5 + 20);
  CHECK(ink_of(twice, 5) == 4 * once);
}
