// SPDX-License-Identifier: MIT
#include <thorax/data/shuffled.hpp>

#include "support/catch.hpp"

#include <algorithm>  // sort
#include <cmath>      // abs
#include <vector>

using thorax::in_order;
using thorax::shuffled;

TEST_CASE("an epoch's order holds every film once and follows from seed and epoch alone", "[data]")
{
  const std::vector<std::size_t> order = shuffled(100, 5, 3);
  CHECK(order == shuffled(100, 5, 3));
  CHECK(order != shuffled(100, 5, 4));
  CHECK(order != shuffled(100, 6, 3));
  CHECK(order != in_order(100));
  std::vector<std::size_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == in_order(100));
}

TEST_CASE("no film and one film have one order", "[data]")
{
  CHECK(shuffled(0, 1, 1).empty());
  CHECK(shuffled(1, 1, 1) == std::vector<std::size_t>{0});
}

TEST_CASE("every film is equally often at every place", "[data]")
{
  constexpr int epochs = 6000;
  int counts[4][4] = {};
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const std::vector<std::size_t> order = shuffled(4, 11, epoch);
    for (std::size_t place = 0; place < 4; ++place) ++counts[place][order[place]];
  }
  for (const auto& place : counts)
    for (const int count : place) CHECK(std::abs(count - epochs / 4) < 150);  // above four standard deviations
}

TEST_CASE("the order is the same on every machine", "[data]")
{
  CHECK(shuffled(8, 1, 0) == std::vector<std::size_t>{1, 0, 3, 5, 6, 4, 2, 7});
}
