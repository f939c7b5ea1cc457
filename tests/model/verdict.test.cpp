// SPDX-License-Identifier: MIT

#include <thorax/model/verdict.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <limits>
#include <string>
#include <vector>

namespace {

const std::vector<std::string> findings{"BACTERIAL", "NORMAL", "VIRAL"};

thorax::verdict most_likely(const std::vector<float>& probabilities)
{
  return thorax::most_likely(probabilities, findings);
}

}  // namespace

TEST_CASE("the most probable finding is the verdict, the first of equals", "[model]")
{
  const thorax::verdict last = most_likely({0.2F, 0.3F, 0.5F});
  CHECK(last.finding == "VIRAL");
  CHECK(last.probability == 0.5F);
  CHECK(last.index == 2);
  CHECK(most_likely({0.5F, 0, 0.5F}).index == 0);
  CHECK(most_likely({0.25F, 0.375F, 0.375F}).index == 1);
  CHECK(thorax::most_likely(std::vector<float>{-3}, {"only"}).finding == "only");
}

TEST_CASE("no finding wins by what is no number", "[model]")
{
  for (const float damaged : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (std::size_t place = 0; place < 3; ++place) {
      std::vector<float> probabilities{0.2F, 0.3F, 0.5F};
      probabilities[place] = damaged;
      CHECK(refuses(thorax::error_code::number_not_finite, "not a number", [&] { most_likely(probabilities); }));
    }
}
