// SPDX-License-Identifier: MIT

#include <thorax/train/moving_average.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <vector>

using thorax::follow;
using thorax::kept_share;

TEST_CASE("the first steps keep less of the average than later ones", "[train]")
{
  CHECK(kept_share(.999, 0) == .1);
  CHECK(kept_share(.999, 8) == .5);
  CHECK(kept_share(.999, 1'000'000) == .999);
  CHECK(kept_share(.05, 0) == .05);
  CHECK(kept_share(0, 5) == 0);
}

TEST_CASE("an average moves towards the weights by what it does not keep", "[train]")
{
  std::vector<float> averages{0, 8, -4};
  const std::vector<float> weights{8, 0, -4};
  follow(averages, weights, .75, 1000);
  CHECK(averages == std::vector<float>{2, 6, -4});
  follow(averages, weights, 0, 1000);
  CHECK(averages == weights);
}

TEST_CASE("an average of other weights is refused", "[train]")
{
  std::vector<float> averages(3);
  const std::vector<float> weights(4);
  CHECK(refuses(thorax::error_code::does_not_fit, "as many numbers", [&] { follow(averages, weights, .9, 0); }));
}
