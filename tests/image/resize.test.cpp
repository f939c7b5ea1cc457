// SPDX-License-Identifier: MIT
#include <thorax/image/resize.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

TEST_CASE("each kind of resizing has a name and is found by it", "[image]")
{
  using thorax::resize_kind;
  for (const resize_kind kind : {resize_kind::area, resize_kind::bilinear, resize_kind::nearest})
    CHECK(thorax::resize_kind_named(thorax::name_of(kind)) == kind);
  CHECK(thorax::name_of(resize_kind::bilinear) == "bilinear");
  const auto refused = refusal([] { return thorax::resize_kind_named("lanczos"); });
  REQUIRE(refused);
  CHECK(std::string{refused->what()} ==
        "resize: expected area, bilinear or nearest, found 'lanczos'; use one of the three");
}

TEST_CASE("the kind decides how a film is resized", "[image]")
{
  thorax::image film{1, 4, 1};
  film.samples = {0, 40, 80, 200};
  CHECK(thorax::resized(film, 1, 2).samples == std::vector<std::uint8_t>{20, 140});
  CHECK(thorax::resized(film, 1, 2, thorax::resize_kind::nearest).samples == std::vector<std::uint8_t>{40, 200});
  // Triangles of half width 2 around 1 and 3: weights 3/8 3/8 1/8 and so on, cut at the ends and renormalized.
  CHECK(thorax::resized(film, 1, 2, thorax::resize_kind::bilinear).samples == std::vector<std::uint8_t>{29, 126});
}

TEST_CASE("resizing what is no picture, or to no pixels, is refused", "[image]")
{
  using thorax::resize_kind;
  for (const resize_kind kind : {resize_kind::area, resize_kind::bilinear, resize_kind::nearest}) {
    CHECK_THROWS_AS(thorax::resized({}, 3, 3, kind), thorax::error);
    CHECK_THROWS_AS(thorax::resized(pattern(3, 3, 1), 0, 3, kind), thorax::error);
    CHECK_THROWS_AS(thorax::resized(pattern(3, 3, 1), 3, -1, kind), thorax::error);
    CHECK_THROWS_AS(thorax::resized(pattern(3, 3, 1), 3, 1'000'000, kind), thorax::error);
  }
}
