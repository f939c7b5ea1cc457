// SPDX-License-Identifier: MIT
#include <thorax/image/read_jpeg.hpp>

#include "image/encoded_jpeg.hpp"
#include "image/mutated.hpp"
#include "image/pictures.hpp"
#include "support/catch.hpp"

#include <cstdlib>

namespace {

/// A picture without sharp edges, which JPEG keeps nearly as it is.
thorax::image smooth(int height, int width, int channels)
{
  thorax::image out{height, width, channels};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) out.at(y, x, c) = static_cast<std::uint8_t>(40 + 2 * x + 2 * y + 20 * c);
  return out;
}

std::vector<std::byte> jpeg_of(const thorax::image& film, bool progressive = false)
{
  const J_COLOR_SPACE colors = film.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  return encoded_jpeg({film.height, film.width, colors, progressive}, film.samples);
}

int largest_difference(const thorax::image& a, const thorax::image& b)
{
  int largest = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i)
    largest = std::max(largest, std::abs(a.samples[i] - b.samples[i]));
  return largest;
}

}  // namespace

TEST_CASE("a JPEG gives Pillow's samples", "[image]")
{
  std::size_t files = 0;
  for (std::istringstream& line : golden_lines("decoded_jpeg.txt")) {
    std::string name;
    int channels = 0;
    int height = 0;
    int width = 0;
    line >> name >> channels >> height >> width;
    INFO(name);
    thorax::image expected{height, width, channels};
    for (std::uint8_t& sample : expected.samples) {
      int value = -1;
      line >> value;
      sample = static_cast<std::uint8_t>(value);
    }
    const thorax::image found = thorax::read_image(image_file(name));
    REQUIRE(found.samples.size() == expected.samples.size());
    CHECK(found.channels == channels);
    CHECK(found.width == width);
    // Another release of libjpeg may round its transform otherwise.
    CHECK(largest_difference(found, expected) <= 1);
    ++files;
  }
  CHECK(files == 2);
}

TEST_CASE("gray and color JPEGs, baseline and progressive, come back within the coding's loss", "[image]")
{
  for (const int channels : {1, 3})
    for (const bool progressive : {false, true}) {
      const thorax::image film = smooth(31, 45, channels);
      const thorax::image found = thorax::decode_jpeg(jpeg_of(film, progressive));
      REQUIRE(found.samples.size() == film.samples.size());
      CHECK(found.channels == channels);
      CHECK(found.height == 31);
      CHECK(largest_difference(found, film) <= (channels == 1 ? 4 : 12));
    }
}

TEST_CASE("a JPEG that was cut anywhere is refused", "[image]")
{
  CHECK(accepted_beginnings(jpeg_of(smooth(17, 19, 1))) == 0);
  CHECK(accepted_beginnings(jpeg_of(smooth(17, 19, 3), true)) == 0);
  const std::vector<std::byte> whole = jpeg_of(smooth(17, 19, 1));
  const auto most = std::span{whole}.first(whole.size() - 9);
  const auto refused = refusal([&] { return thorax::decode_jpeg(most, "x.jpg"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::format_refused);
  CHECK(std::string{refused->what()} == "film 'x.jpg': expected a whole JPEG, found 'Premature end of JPEG file'; "
                                        "copy or export the film again");
}

TEST_CASE("a JPEG with flipped bits is refused or still a picture, never a crash", "[image]")
{
  for (const bool progressive : {false, true}) {
    int refused = 0;
    const std::vector<std::byte> film = jpeg_of(smooth(20, 20, 3), progressive);
    decode_flipped(film, 11, 1'500, [&](const std::optional<thorax::image>& found) {
      if (!found) ++refused;
      else thorax::ensure_is_picture(*found);
    });
    CHECK(refused > 100);
  }
}

TEST_CASE("a JPEG in printing inks is refused by name", "[image]")
{
  const std::vector<std::uint8_t> samples(16 * 16 * 4, 99);
  const std::vector<std::byte> film = encoded_jpeg({16, 16, JCS_CMYK}, samples);
  const auto refused = refusal([&] { return thorax::decode_jpeg(film, "x.jpg"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::format_refused);
  CHECK(std::string{refused->what()}.find("CMYK") != std::string::npos);
}

TEST_CASE("a JPEG with more scans than allowed is refused", "[image]")
{
  const std::vector<std::byte> film = jpeg_of(smooth(32, 32, 3), true);
  const auto refused = refusal([&] { return thorax::decode_jpeg(film, "x.jpg", {.scans = 3}); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::limit_exceeded);
  CHECK(std::string{refused->what()}.find("at most 3 scans") != std::string::npos);
  CHECK_FALSE(refusal([&] { return thorax::decode_jpeg(film, "x.jpg", {.scans = 10}); }));
}

TEST_CASE("a JPEG whose header claims huge extents is refused by the limit", "[image]")
{
  std::vector<std::byte> film = jpeg_of(smooth(16, 16, 1));
  std::size_t frame = 0;
  while (film[frame] != std::byte{0xff} || film[frame + 1] != std::byte{0xc0}) ++frame;
  for (std::size_t i = 5; i < 9; ++i) film[frame + i] = std::byte{0xfe};  // height and width: 65,278 each
  const auto refused = refusal([&] { return thorax::decode_jpeg(film, "x.jpg"); });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::limit_exceeded);
  CHECK(std::string{refused->what()}.find("found 65278x65278 pixels") != std::string::npos);
}
