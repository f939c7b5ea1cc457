// SPDX-License-Identifier: MIT
#include <thorax/backend/contract.hpp>

#include "support/catch.hpp"

#include <thorax/base/error.hpp>

using thorax::extents;
using thorax::view;

namespace {

view<float> maps(int samples, extents shape) { return {nullptr, samples, shape, 0}; }

}  // namespace

TEST_CASE("views of different samples or extents are refused", "[backend]")
{
  thorax::ensure_same_extents(maps(2, {1, 2, 3}), maps(2, {1, 2, 3}));
  CHECK_THROWS_AS(thorax::ensure_same_extents(maps(1, {1, 2, 3}), maps(2, {1, 2, 3})), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_same_extents(maps(2, {1, 2, 3}), maps(2, {1, 3, 2})), thorax::error);
}

TEST_CASE("a window must find the output's height and width in the input", "[backend]")
{
  thorax::ensure_window_fits(maps(1, {3, 7, 9}), {3, 2, 1}, maps(1, {8, 4, 5}));
  CHECK_THROWS_AS(thorax::ensure_window_fits(maps(1, {3, 7, 9}), {3, 2, 1}, maps(1, {8, 4, 4})), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_window_fits(maps(1, {3, 7, 9}), {3, 2, 0}, maps(1, {8, 4, 5})), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_window_fits(maps(2, {3, 7, 9}), {3, 2, 1}, maps(1, {8, 4, 5})), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_window_fits(maps(1, {3, 7, 9}), {3, 0, 1}, maps(1, {8, 4, 5})), thorax::error);
}

TEST_CASE("a pool keeps its channels and has a cell in every window", "[backend]")
{
  thorax::ensure_pool_fits(maps(1, {3, 7, 9}), {3, 2, 1}, maps(1, {3, 4, 5}));
  CHECK_THROWS_AS(thorax::ensure_pool_fits(maps(1, {3, 7, 9}), {3, 2, 1}, maps(1, {4, 4, 5})), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_pool_fits(maps(1, {3, 7, 9}), {1, 1, 1}, maps(1, {3, 9, 11})), thorax::error);
}

TEST_CASE("a linear layer takes and gives one number a channel", "[backend]")
{
  thorax::ensure_rows(maps(4, {10, 1, 1}), maps(4, {3, 1, 1}));
  CHECK_THROWS_AS(thorax::ensure_rows(maps(4, {10, 1, 2}), maps(4, {3, 1, 1})), thorax::error);
  CHECK_THROWS_AS(thorax::ensure_rows(maps(4, {10, 1, 1}), maps(3, {3, 1, 1})), thorax::error);
}
