// SPDX-License-Identifier: MIT
#include <thorax/image/blend.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

TEST_CASE("an opacity of 0 shows the film, of 1 the picture above it, between them the mixture", "[image]")
{
  const thorax::image film = pattern(4, 5, 3);
  thorax::image above = pattern(4, 5, 3);
  std::reverse(above.samples.begin(), above.samples.end());
  CHECK(thorax::blended(film, above, 0.0) == film);
  CHECK(thorax::blended(film, above, 1.0) == above);
  thorax::image gray{1, 1, 1};
  gray.samples = {100};
  thorax::image color{1, 1, 3};
  color.samples = {200, 0, 101};
  CHECK(thorax::blended(gray, color, 0.25).samples == std::vector<std::uint8_t>{125, 75, 100});
}

TEST_CASE("each pixel may have an opacity of its own", "[image]")
{
  thorax::image film{1, 2, 1};
  film.samples = {10, 20};
  thorax::image above{1, 2, 3};
  above.samples = {110, 210, 60, 120, 220, 70};
  const std::vector<float> opacities{0.5F, 0};
  CHECK(thorax::blended(film, above, opacities).samples == std::vector<std::uint8_t>{60, 110, 35, 20, 20, 20});
}

TEST_CASE("pictures that do not fit, and opacities outside zero to one, are refused", "[image]")
{
  const thorax::image film = pattern(4, 5, 1);
  const auto refused = refusal([&] { return thorax::blended(film, pattern(5, 4, 3), 0.5); });
  REQUIRE(refused);
  CHECK(std::string{refused->what()} ==
        "blended: expected a color picture of the film's extents, the film has 5x4 with 1 channel, "
        "found 4x5 with 3 channels; resize the picture to the film");
  CHECK_THROWS_AS(thorax::blended(film, pattern(4, 5, 1), 0.5), thorax::error);
  CHECK_THROWS_AS(thorax::blended(film, pattern(4, 5, 3), 1.5), thorax::error);
  const std::vector<float> too_few(19, 0.5F);
  CHECK_THROWS_AS(thorax::blended(film, pattern(4, 5, 3), too_few), thorax::error);
  const std::vector<float> too_much(20, 2.0F);
  CHECK_THROWS_AS(thorax::blended(film, pattern(4, 5, 3), too_much), thorax::error);
}
