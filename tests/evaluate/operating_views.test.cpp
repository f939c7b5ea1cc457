// SPDX-License-Identifier: MIT

#include <thorax/evaluate/operating_views.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

namespace {

thorax::predictions named(const std::string& name)
{
  for (const golden::rule& of : golden::rules())
    if (of.name == name) return golden::predictions_of(of);
  FAIL("there is no case " << name);
  return {};
}

}  // namespace

TEST_CASE("each finding and everything but the normal one has a view", "[evaluate]")
{
  const thorax::predictions films = named("chest");
  const std::vector<thorax::operating_view> views = thorax::operating_views(films, thorax::usual_negative(films));
  REQUIRE(views.size() == 4);
  CHECK(views[0].name == "BACTERIAL");
  CHECK(views[3].name == "BACTERIAL or VIRAL");
  CHECK(views[3].positives + views[3].negatives == 524);
  CHECK(views[3].negatives == views[1].positives);
  for (const thorax::operating_view& view : views) {
    INFO(view.name);
    CHECK(view.youden.youden() >= view.sensitive.youden());
    CHECK(view.sensitive.sensitivity.value >= 0.95);
    CHECK(!view.answers.threshold);
  }
}

TEST_CASE("the area of a view in double precision is that of the scores it was made of", "[evaluate]")
{
  const auto numbers = golden::numbers();
  for (const char* name : {"chest", "chest_ties", "five", "eleven", "two_ties"}) {
    const std::vector<thorax::operating_view> views = thorax::operating_views(named(name));
    for (std::size_t k = 0; k < views.size(); ++k)
      CHECK(std::abs(views[k].area - numbers.at({name, "auc_ovr " + std::to_string(k)}).value()) < 1e-12);
  }
}

TEST_CASE("a finding with no film, or with every film, has no view", "[evaluate]")
{
  const std::vector<thorax::operating_view> views = thorax::operating_views(named("chest_absent"));
  REQUIRE(views.size() == 2);
  CHECK(views[1].name == "VIRAL");
  CHECK(thorax::operating_views(named("chest_absent"), "NORMAL").size() == 2);
}

TEST_CASE("the usual negative is a finding called normal, if there are two others", "[evaluate]")
{
  CHECK(thorax::usual_negative({{"A", "normal", "Z"}, {}}) == "normal");
  CHECK(!thorax::usual_negative({{"NORMAL", "PNEUMONIA"}, {}}));
  CHECK(!thorax::usual_negative({{"A", "B", "C"}, {}}));
  thorax::predictions apart{{"A", "B", "NORMAL"}, {}};
  apart.findings_exclude_each_other = false;
  CHECK(!thorax::usual_negative(apart));
  CHECK(refuses(thorax::error_code::does_not_fit, "'CAT' is none of the findings",
                [] { static_cast<void>(thorax::operating_views(named("chest"), "CAT")); }));
}

TEST_CASE("the table of eleven findings fits 80 columns", "[evaluate]")
{
  const std::string text = thorax::operating_table(thorax::operating_views(named("eleven"), "finding 3"));
  std::istringstream lines{text};
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) CHECK(line.size() <= 80);
  CHECK(count == 1 + 4 * 12);
  CHECK(text.find("not finding 3: ") != std::string::npos);
}

TEST_CASE("a table of four films is this text", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .true_finding = 1, .predicted = 1, .probabilities = {0.25F, 0.75F}});
  CHECK(thorax::operating_table(thorax::operating_views(films))
          .starts_with("  positive if ...  threshold        sensitivity        specificity    PPV    NPV\n"
                       "A: 1 films against 1, area 1.000\n"
                       "  answered so             -  1.000 (0.21-1.00)  1.000 (0.21-1.00)  1.000  1.000\n"
                       "  Youden's J         0.7500  1.000 (0.21-1.00)  1.000 (0.21-1.00)  1.000  1.000\n"));
}
