// SPDX-License-Identifier: MIT
#include <thorax/data/dataset.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

TEST_CASE("films are counted by finding, a finding without films included", "[data]")
{
  thorax::dataset films{{"A", "B", "C"}, {}, {}, 0, false, {}};
  for (const int finding : {0, 2, 2, 0, 2}) films.films.push_back({"f.png", finding, "p", -1});
  CHECK(thorax::films_per_finding(films) == std::vector<std::size_t>{2, 0, 3});
}

TEST_CASE("a film of an unknown finding is refused by its name", "[data]")
{
  thorax::dataset films{{"A", "B"}, {{"odd.png", 2, "p", -1}}, {}, 0, false, {}};
  try {
    (void)thorax::films_per_finding(films);
    FAIL("accepted");
  }
  catch (const thorax::error& refused) {
    CHECK(std::string{refused.what()} == "film 'odd.png': expected a finding below 2, found 2");
  }
  films.films.front().finding = -1;
  CHECK_THROWS_AS(thorax::films_per_finding(films), thorax::error);
}
