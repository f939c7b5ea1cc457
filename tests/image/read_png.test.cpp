// SPDX-License-Identifier: MIT
#include <thorax/image/read_png.hpp>

#include "image/mutated.hpp"
#include "image/pictures.hpp"
#include "support/catch.hpp"

namespace {

std::vector<std::byte> content_of(const std::string& name) { return bytes_of(thorax::read_file(image_file(name))); }

}  // namespace

TEST_CASE("every depth, color type and interlacing of PNG becomes eight bits of gray or color", "[image]")
{
  std::size_t files = 0;
  for (std::istringstream& line : golden_lines("decoded_png.txt")) {
    std::string name;
    int channels = 0;
    int height = 0;
    int width = 0;
    std::uint64_t expected = 0;
    line >> name >> channels >> height >> width >> std::hex >> expected;
    INFO(name);
    const thorax::image found = thorax::decode_png(content_of(name));
    CHECK(found.channels == channels);
    CHECK(found.height == height);
    CHECK(found.width == width);
    CHECK(fingerprint(found) == expected);
    ++files;
  }
  CHECK(files == 30);
}

TEST_CASE("opacity is dropped, what lies beneath is kept", "[image]")
{
  CHECK(thorax::decode_png(content_of("gray_alpha_8.png")).channels == 1);
  const thorax::image color = thorax::decode_png(content_of("rgb_alpha_8.png"));
  const thorax::image with_opacity = pattern(11, 13, 4);
  CHECK(color.at(4, 5, 0) == with_opacity.at(4, 5, 0));
  CHECK(color.at(10, 12, 2) == with_opacity.at(10, 12, 2));
}

TEST_CASE("a PNG that was cut anywhere is refused", "[image]")
{
  for (const std::string name : {"gray_8.png", "gray_16_interlaced.png", "palette_4.png"}) {
    INFO(name);
    CHECK(accepted_beginnings(content_of(name)) == 0);
  }
  const std::vector<std::byte> whole = content_of("gray_8.png");
  const auto refused = refusal([&] { return thorax::decode_png(std::span{whole}.first(100), "x.png"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::format_refused);
  CHECK(std::string{refused->what()} ==
        "film 'x.png': expected a whole PNG, found 'the file ends too early'; copy or export the film again");
}

TEST_CASE("a PNG with flipped bits is refused or gives the same picture: its checksums see to it", "[image]")
{
  for (const std::string name : {"gray_8.png", "rgb_8_interlaced.png", "palette_8.png", "gray_alpha_16.png"}) {
    INFO(name);
    const thorax::image whole = thorax::decode_png(content_of(name));
    int refused = 0;
    int other = 0;
    decode_flipped(content_of(name), 7, 1'500, [&](const std::optional<thorax::image>& found) {
      if (!found) ++refused;
      else if (*found != whole) ++other;
    });
    CHECK(refused > 1'000);
    CHECK(other == 0);
  }
}

TEST_CASE("a PNG whose header claims huge extents is refused by the limit", "[image]")
{
  std::vector<std::byte> film = content_of("gray_8.png");
  for (const std::size_t i : {16U, 20U}) film[i] = std::byte{0x7f};  // most significant bytes of width and height
  const auto refused = refusal([&] { return thorax::decode_png(film, "x.png"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::limit_exceeded);
  CHECK(std::string{refused->what()}.find("found 2130706445x2130706443 pixels") != std::string::npos);
}
