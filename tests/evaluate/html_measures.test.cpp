// SPDX-License-Identifier: MIT

#include <thorax/evaluate/html_measures.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <string>

namespace {

thorax::predictions two_named(const std::string& first)
{
  thorax::predictions films{{first, "B"}, {}};
  films.rows.push_back({.path = "a", .true_finding = 0, .predicted = 0, .probabilities = {0.75F, 0.25F}});
  films.rows.push_back({.path = "b", .true_finding = 0, .predicted = 1, .probabilities = {0.25F, 0.75F}});
  return films;
}

bool holds(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("headlines carry n and their intervals", "[evaluate]")
{
  const thorax::evaluation whole = thorax::evaluation_of(golden::predictions_of(golden::rules()[2]));
  const std::string html = thorax::headline_html(whole);
  CHECK(holds(html, "<b>" + thorax::fixed_digits(whole.found.accuracy, 3) + "</b>"));
  CHECK(holds(html, std::to_string(whole.found.counts.correct()) +
                      " of 524 films, 95 %: " + thorax::fixed_digits(whole.found.accuracy_95.low, 3)));
  CHECK(holds(html, thorax::fixed_digits(whole.found.by_patients->macro_f1.range->high, 3) + ", by patients"));
}

TEST_CASE("what is undefined is called so, and a name stays a name", "[evaluate]")
{
  const thorax::evaluation whole = thorax::evaluation_of(two_named("<A>"));
  for (const std::string& html : {thorax::findings_html(whole), thorax::confusion_html(whole.found.counts)}) {
    CHECK(holds(html, "&lt;A&gt;"));
    CHECK(!holds(html, "<A>"));
  }
  CHECK(holds(thorax::findings_html(whole), "undefined"));
  CHECK(holds(thorax::headline_html(whole), "<b>undefined</b>"));
  CHECK(whole.views.empty());
}

TEST_CASE("a confusion matrix has counts and shares of the label's films", "[evaluate]")
{
  const std::string html = thorax::confusion_html(thorax::confusion_of(two_named("A")));
  CHECK(holds(html, "rgba(var(--cell),0.28)\">1<small>50.0 %</small>"));
  CHECK(holds(html, ">0<small>0.0 %</small>"));  // of a label without a film
}

TEST_CASE("every view has its three rules, and a warning", "[evaluate]")
{
  const thorax::evaluation whole = thorax::evaluation_of(golden::predictions_of(golden::rules()[2]), "NORMAL");
  const std::string html = thorax::views_html(whole);
  for (const char* words : {"BACTERIAL or VIRAL", "Youden's J", "sensitivity 0.95", "chosen on these very films"})
    CHECK(holds(html, words));
}

TEST_CASE("a prevalence is shown with what it was corrected from", "[evaluate]")
{
  const thorax::evaluation whole =
    thorax::evaluation_of(golden::predictions_of(golden::rules()[2]), {},
                          thorax::stated_shares{{0.25, 0.25, 0.5}, {0.125, 0.75, 0.125}});
  const std::string html = thorax::prevalence_html(*whole.prevalence);
  for (const char* words : {"<td>0.250</td><td>0.125</td>", "<td>0.250</td><td>0.750</td>", "corrected"})
    CHECK(holds(html, words));
}
