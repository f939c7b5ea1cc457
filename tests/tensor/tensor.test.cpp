// SPDX-License-Identifier: MIT

#include <thorax/tensor/tensor.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

using thorax::extents;

TEST_CASE("a tensor's extents are its shape", "[tensor]")
{
  const thorax::tensor maps = thorax::tensor::from_shape({5, 3, 2});
  CHECK(thorax::extents_of(maps) == extents{5, 3, 2});
}

TEST_CASE("a batch is viewed in place, and what is written through the view is in the batch", "[tensor]")
{
  thorax::batch films = thorax::batch::from_shape({2, 3, 4, 5});
  films.fill(0);
  const auto maps = thorax::view_of(films);
  static_assert(std::is_same_v<decltype(maps), const thorax::view<float>>);
  CHECK(maps.data == films.data());
  CHECK(maps.samples == 2);
  CHECK(maps.shape == extents{3, 4, 5});
  CHECK(maps.sample_stride == 60);
  maps(1, 2, 3, 4) = 7;
  maps(0, 1, 0, 2) = 5;
  CHECK(films(1, 2, 3, 4) == 7);
  CHECK(films(0, 1, 0, 2) == 5);
  CHECK(films(0, 0, 0, 0) == 0);
}

TEST_CASE("a batch that may not change is viewed for reading", "[tensor]")
{
  thorax::batch films = thorax::batch::from_shape({1, 2, 2, 2});
  films.fill(0);
  films(0, 1, 0, 1) = 3;
  const auto maps = thorax::view_of(std::as_const(films));
  static_assert(std::is_same_v<decltype(maps), const thorax::view<const float>>);
  CHECK(maps(0, 1, 0, 1) == 3);
  CHECK(maps.data == films.data());
}

TEST_CASE("a tensor is viewed as a batch of one", "[tensor]")
{
  thorax::tensor film = thorax::tensor::from_shape({3, 2, 4});
  for (std::size_t i = 0; i < film.size(); ++i) film.data()[i] = static_cast<float>(i);
  const thorax::view<const float> maps = thorax::view_of(film);
  CHECK(maps.samples == 1);
  CHECK(maps.shape == extents{3, 2, 4});
  CHECK(maps.sample_stride == 24);
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 2; ++y)
      for (int x = 0; x < 4; ++x) CHECK(maps(0, c, y, x) == film(c, y, x));
}

TEST_CASE("both tensors hold their numbers row by row", "[tensor]")
{
  const thorax::batch films = thorax::batch::from_shape({2, 3, 4, 5});
  CHECK(&films(1, 2, 3, 4) - films.data() == 119);
  CHECK(&films(0, 1, 0, 0) - films.data() == 20);
  CHECK(films.layout() == xt::layout_type::row_major);
}
