// SPDX-License-Identifier: MIT

#include <thorax/train/monitor.hpp>

#include "support/catch.hpp"

#include <limits>
#include <optional>

using thorax::improves;
using thorax::lower_is_better;
using thorax::monitor;

TEST_CASE("a loss is watched as it is, an accuracy turned around", "[train]")
{
  CHECK(lower_is_better(monitor::validation_loss, {.5, .9}) == .5);
  CHECK(lower_is_better(monitor::validation_accuracy, {.5, .9}) == -.9);
}

TEST_CASE("the first value is better than none, even an infinite loss", "[train]")
{
  CHECK(improves(7, std::nullopt, .5));
  CHECK(improves(std::numeric_limits<double>::infinity(), std::nullopt, 0));
}

TEST_CASE("later values must be better by more than the least difference", "[train]")
{
  CHECK(improves(.5, 1, 0));
  CHECK_FALSE(improves(1, 1, 0));
  CHECK_FALSE(improves(1.5, 1, 0));
  CHECK(improves(.25, 1, .5));
  CHECK_FALSE(improves(.5, 1, .5));  // by exactly so much is not enough
  CHECK(improves(-.75, -.5, .125));
  CHECK_FALSE(improves(-.75, -.5, .25));
}
