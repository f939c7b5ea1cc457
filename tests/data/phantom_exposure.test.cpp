// SPDX-License-Identifier: MIT
#include <thorax/data/phantom_exposure.hpp>

#include "support/catch.hpp"

#include <cstdint>

using thorax::film_exposure;
using thorax::film_layer;
using thorax::random_stream;

namespace {

film_exposure plain_exposure()
{
  film_exposure exposure{random_stream{1}};
  exposure.border = {};
  exposure.mark = ' ';
  exposure.stamped = false;
  exposure.grain = exposure.tilt_x = exposure.tilt_y = 0;
  return exposure;
}

}  // namespace

TEST_CASE("denser places are brighter, and what is no body is nearly black", "[data]")
{
  film_layer ramp{64};
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x) ramp.at(y, x) = static_cast<float>(x) / 64 - .4F * (y == 63 ? 1.0F : 0.0F);
  const thorax::image film = thorax::exposed(ramp, plain_exposure(), random_stream{2});
  CHECK(film.channels == 1);
  for (int x = 1; x < 64; ++x) CHECK(film.at(10, x) >= film.at(10, x - 1));
  CHECK(film.at(10, 63) > film.at(10, 0) + 80);
  CHECK(film.at(63, 0) < film.at(10, 0));
}

TEST_CASE("a collimated border is black, and a mark is bright on its side", "[data]")
{
  const film_layer even{100};
  film_exposure exposure = plain_exposure();
  exposure.border = {.05, 0, 0, .1};
  exposure.mark = 'R';
  exposure.mark_y = .3;
  exposure.mark_height = .08;
  const thorax::image film = thorax::exposed(even, exposure, random_stream{2});
  CHECK(film.at(3, 50) == 0);
  CHECK(film.at(50, 5) == 0);
  CHECK(film.at(50, 50) > 0);
  CHECK(film.at(97, 97) > 0);
  CHECK(film.at(30, 2) == 250);  // the R's stem
  exposure.mark = 'L';
  const thorax::image other = thorax::exposed(even, exposure, random_stream{2});
  CHECK(other.at(30, 2) == 0);
  CHECK(other.at(30, static_cast<int>((.97 - .08 * 5 / 7) * 100)) == 250);
}

TEST_CASE("grain follows from the stream alone", "[data]")
{
  const film_layer even{64};
  film_exposure exposure = plain_exposure();
  exposure.grain = 4;
  CHECK(thorax::exposed(even, exposure, random_stream{2}) == thorax::exposed(even, exposure, random_stream{2}));
  CHECK_FALSE(thorax::exposed(even, exposure, random_stream{2}) == thorax::exposed(even, exposure, random_stream{3}));
}

TEST_CASE("exposures vary from film to film", "[data]")
{
  int marked = 0, bordered = 0, stamped = 0;
  for (std::uint64_t film = 0; film < 400; ++film) {
    const film_exposure exposure{random_stream{3} / film};
    marked += exposure.mark != ' ' ? 1 : 0;
    bordered += exposure.border[0] + exposure.border[1] + exposure.border[2] + exposure.border[3] > 0 ? 1 : 0;
    stamped += exposure.stamped ? 1 : 0;
  }
  CHECK((marked > 300 && marked < 380));
  CHECK((bordered > 200 && bordered < 300));
  CHECK((stamped > 50 && stamped < 115));
}
