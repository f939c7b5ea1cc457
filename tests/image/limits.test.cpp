// SPDX-License-Identifier: MIT
#include <thorax/image/limits.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

namespace {

std::optional<thorax::error> refused_extents(std::size_t height, std::size_t width)
{
  return refusal([&] { thorax::ensure_within({.side = 100, .pixels = 5'000}, "x.png", height, width); return 0; });
}

}  // namespace

TEST_CASE("extents up to the limits pass, and one more is refused", "[image]")
{
  CHECK_FALSE(refused_extents(100, 50));
  CHECK_FALSE(refused_extents(1, 100));
  CHECK(refused_extents(1, 101)->code() == thorax::error_code::limit_exceeded);
  CHECK(refused_extents(101, 1)->code() == thorax::error_code::limit_exceeded);
  CHECK(refused_extents(100, 51)->code() == thorax::error_code::limit_exceeded);
  CHECK(refused_extents(~std::size_t{0}, ~std::size_t{0})->code() == thorax::error_code::limit_exceeded);
  CHECK(refused_extents(0, 7)->code() == thorax::error_code::format_refused);
}

TEST_CASE("the sentence of a refused film names film, limit, finding and cure", "[image]")
{
  CHECK(std::string{refused_extents(100, 51)->what()} ==
        "film 'x.png': expected at most 100 pixels a side and 5000 in all, found 51x100 pixels; "
        "save the film with fewer pixels, or, in a program of your own, pass larger image_limits");
}

TEST_CASE("sides that cannot be resized exactly are refused", "[image]")
{
  CHECK_FALSE(refusal([] { thorax::ensure_resizable(1, 32'768); return 0; }));
  CHECK_THROWS_AS(thorax::ensure_resizable(0, 5), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_resizable(5, 0), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_resizable(5, -3), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_resizable(32'769, 5), thorax::error);
}
