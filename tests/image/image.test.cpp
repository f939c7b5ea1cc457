// SPDX-License-Identifier: MIT
#include <thorax/image/image.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

TEST_CASE("an image stores rows first and channels interleaved", "[image]")
{
  thorax::image picture{2, 3, 3};
  picture.at(1, 2, 0) = 7;
  CHECK(picture.samples.size() == 18);
  CHECK(picture.samples[15] == 7);
  CHECK(picture.row(1)[6] == 7);
  CHECK(picture.row_samples() == 9);
}

TEST_CASE("an image that is reshaped within what it held keeps its memory", "[image]")
{
  thorax::image picture{20, 30, 3};
  const std::uint8_t* const before = picture.samples.data();
  picture.reshape(5, 7, 1);
  CHECK(picture.samples.size() == 35);
  picture.reshape(30, 20, 3);
  CHECK(picture.samples.data() == before);
}

TEST_CASE("what is no picture is refused with its extents", "[image]")
{
  CHECK_FALSE(refusal([] { thorax::ensure_is_picture(pattern(1, 1, 1)); return 0; }));
  thorax::image two_channels{4, 5, 2};
  const auto refused = refusal([&] { thorax::ensure_is_picture(two_channels); return 0; });
  REQUIRE(refused);
  CHECK(refused->code() == thorax::error_code::does_not_fit);
  CHECK(std::string{refused->what()}.find("5x4 with 2 channels and 40 samples") != std::string::npos);
  thorax::image too_few = pattern(4, 5, 1);
  too_few.samples.pop_back();
  CHECK_THROWS_AS(thorax::ensure_is_picture(too_few), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_is_picture({}), thorax::error);
}
