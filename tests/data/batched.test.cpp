// SPDX-License-Identifier: MIT
#include <thorax/data/batched.hpp>

#include "support/catch.hpp"

#include <range/v3/view/transform.hpp>

#include <vector>

namespace {

thorax::sample numbered_sample(std::size_t i)
{
  thorax::sample one{thorax::tensor::from_shape({1, 2, 3}), static_cast<int>(i % 3), i};
  one.pixels.fill(static_cast<float>(i));
  return one;
}

}  // namespace

TEST_CASE("samples are stacked in order, and the last batch holds what is left", "[data]")
{
  int made = 0;
  const std::vector<std::size_t> numbers{4, 1, 3, 0, 2};
  auto batches = numbers | ranges::views::transform([&made](std::size_t i) { return ++made, numbered_sample(i); }) |
                 thorax::batched(2);
  std::vector<std::size_t> sizes, indices;
  for (const thorax::labeled_batch& each : batches) {
    sizes.push_back(each.pixels.shape(0));
    REQUIRE(each.findings.size() == each.pixels.shape(0));
    for (std::size_t n = 0; n < each.indices.size(); ++n) {
      indices.push_back(each.indices[n]);
      CHECK(each.findings[n] == static_cast<int>(each.indices[n] % 3));
      for (std::size_t y = 0; y < 2; ++y)
        for (std::size_t x = 0; x < 3; ++x) CHECK(each.pixels(n, 0, y, x) == static_cast<float>(each.indices[n]));
    }
  }
  CHECK(sizes == std::vector<std::size_t>{2, 2, 1});
  CHECK(indices == numbers);
  CHECK(made == 5);  // each sample was asked for once
}

TEST_CASE("a batch of nothing, of mixed sizes, or of a size below one is refused", "[data]")
{
  CHECK_THROWS_AS(thorax::side_by_side({}), thorax::error);
  CHECK_THROWS_AS(thorax::side_by_side({numbered_sample(1), {thorax::tensor::from_shape({1, 3, 2}), 0, 2}}),
                  thorax::error);
  CHECK_THROWS_AS(thorax::batched(0), thorax::error);
}
