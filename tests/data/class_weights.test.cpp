// SPDX-License-Identifier: MIT
#include <thorax/data/class_weights.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>  // abs
#include <vector>

TEST_CASE("class weights are n / (k n_c), as in the reference project", "[data]")
{
  const std::vector<std::size_t> counts{2274, 1207, 1211};
  const std::vector<float> weights = thorax::class_weights(counts);
  REQUIRE(weights.size() == 3);
  CHECK(std::abs(weights[0] - 0.6877748F) < 1e-6F);
  CHECK(std::abs(weights[1] - 1.2957746F) < 1e-6F);
  CHECK(std::abs(weights[2] - 1.2914946F) < 1e-6F);
}

TEST_CASE("the films of a dataset weigh one on average, and every finding the same in sum", "[data]")
{
  thorax::dataset films{{"A", "B"}, {}, {}, 0, false, {}};
  for (int i = 0; i < 8; ++i) films.films.push_back({"f.png", i < 2 ? 0 : 1, "p", -1});
  const std::vector<float> weights = thorax::class_weights(films);
  CHECK(std::abs(weights[0] * 2 - 4) < 1e-6F);
  CHECK(std::abs(weights[1] * 6 - 4) < 1e-6F);
}

TEST_CASE("a finding without films cannot be weighed", "[data]")
{
  const std::vector<std::size_t> counts{3, 0};
  CHECK(refuses(thorax::error_code::does_not_fit, "finding 1 has no film", [&] { thorax::class_weights(counts); }));
  const thorax::dataset films{{"BACTERIAL", "NORMAL", "VIRAL"}, {{"a", 0, "p", 1}, {"b", 1, "p", 1}}, {}, 0, false, {}};
  CHECK(refuses(thorax::error_code::does_not_fit, "the films left to train on hold none of 'VIRAL'; add films of it",
                [&] { thorax::class_weights(films); }));
}
