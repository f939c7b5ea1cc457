// SPDX-License-Identifier: MIT
#include <thorax/data/decoded.hpp>

#include "support/catch.hpp"
#include "support/small_dataset.hpp"

#include <algorithm>  // min
#include <filesystem>
#include <string>
#include <vector>

using thorax::extents;
using thorax::film_source;
using thorax::preprocessing;

namespace {

thorax::tensor by_hand(const std::filesystem::path& path, extents shape, const preprocessing& rule)
{
  thorax::tensor pixels = thorax::tensor::from_shape(
    {static_cast<std::size_t>(shape.channels), static_cast<std::size_t>(shape.height),
     static_cast<std::size_t>(shape.width)});
  thorax::preprocess(thorax::read_image(path), rule, thorax::view<float>::packed(pixels.data(), 1, shape));
  return pixels;
}

// Catch would print each number of a tensor; whether two are the same is all that counts.
bool same(const thorax::tensor& a, const thorax::tensor& b) { return a == b; }

}  // namespace

TEST_CASE("a decoded film is the read and preprocessed one, cached or not, in whichever form", "[data]")
{
  const small_dataset some{4};
  const preprocessing rule;
  for (const extents shape : {extents{3, 5, 6}, extents{1, 2, 3}})  // larger and smaller than the 63 bytes of a picture
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{130}, std::size_t{1} << 20}) {
      const film_source source{some.films, shape, rule, bytes};
      for (int round = 0; round < 2; ++round)
        for (std::size_t i = 0; i < 4; ++i) {
          const thorax::sample made = source.read(i);
          CHECK(same(made.pixels, by_hand(some.films.films[i].path, shape, rule)));
          CHECK(made.finding == some.films.films[i].finding);
          CHECK(made.index == i);
        }
      const std::size_t form = shape.channels == 3 ? 63 : 6 * sizeof(float);
      CHECK(source.cached_bytes() == std::min(bytes / form, std::size_t{4}) * form);
    }
}

TEST_CASE("what is cached needs its file no more", "[data]")
{
  const small_dataset some{1};
  const film_source keeping{some.films, {1, 4, 4}, {}}, forgetting{some.films, {1, 4, 4}, {}, 0};
  const thorax::tensor before = keeping.read(0).pixels;
  (void)forgetting.read(0);
  std::filesystem::remove(some.films.films[0].path);
  CHECK(same(keeping.read(0).pixels, before));
  CHECK_THROWS_AS(forgetting.read(0), thorax::error);
}

TEST_CASE("decoding is lazy: only what is asked for is read", "[data]")
{
  const small_dataset some{3};
  std::filesystem::remove(some.films.films[1].path);
  const film_source source{some.films, {1, 4, 4}, {}, 0};
  const std::vector<std::size_t> order{2, 1, 0};
  auto samples = order | thorax::decoded(source);
  auto at = ranges::begin(samples);
  CHECK((*at).index == 2);
  ++at;
  try {
    (void)*at;
    FAIL("a film that is not there was read");
  }
  catch (const thorax::error& missing) {
    INFO(missing.what());
    CHECK(std::string{missing.what()}.find("1.png") != std::string::npos);
  }
  ++at;
  CHECK((*at).index == 0);
}
