// SPDX-License-Identifier: MIT

#include <thorax/evaluate/html_report.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::array<std::string_view, 2> notice{"Not a medical device.", "It may be wrong."};

bool holds(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

int count_of(const std::string& words, const std::string& text)
{
  int count = 0;
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; at += words.size()) ++count;
  return count;
}

thorax::evaluation chest()
{
  thorax::evaluation whole = thorax::evaluation_of(golden::predictions_of(golden::rules()[2]), "NORMAL");
  whole.split = "films <b>, fold 0";
  whole.network = "small_densenet";
  return whole;
}

}  // namespace

TEST_CASE("the surest mistakes come first, and answers that are right do not come", "[evaluate]")
{
  thorax::predictions films{{"A", "B"}, {}};
  const auto add = [&](const char* path, int label, float first) {
    films.rows.push_back({.path = path,
                          .true_finding = label,
                          .predicted = first > 0.5F ? 0 : 1,
                          .probabilities = {first, 1 - first}});
  };
  add("right", 0, 0.875F);
  add("unsure", 1, 0.625F);
  add("sure", 0, 0.0625F);
  add("also sure", 1, 0.9375F);
  films.rows.push_back({.path = "broken", .true_finding = 0, .rejected = true, .reason = "cut short"});
  std::vector<std::string> paths;
  for (const thorax::prediction* film : thorax::surest_mistakes(films, 5)) paths.push_back(film->path);
  CHECK(paths == std::vector<std::string>{"sure", "also sure", "unsure"});
  CHECK(thorax::surest_mistakes(films, 2).size() == 2);
}

TEST_CASE("a report begins with what the network is not, and loads nothing", "[evaluate]")
{
  const std::string page = thorax::report_html(chest(), notice, {});
  CHECK(page.find("Not a medical device.") < page.find("class=\"numbers\""));
  CHECK(count_of("<svg ", page) == 3);
  CHECK(holds(page, "<h1>Agreement with labels</h1>\n<p>films &lt;b&gt;, fold 0: 524 films</p>"));
  CHECK(!holds(page, "films <b>"));
  for (const char* words : {"<script", "https:", "src=\"http", "@import"}) CHECK(!holds(page, words));
  for (const char* heading :
       {"By finding", "Confusion matrix", "Curves", "Calibration", "Operating points", "Surest mistakes"})
    CHECK(count_of("<h2>" + std::string{heading} + "</h2>", page) == 1);
  CHECK((!holds(page, "leaky") && !holds(page, "Leaky")));
  CHECK(!holds(page, "At a stated prevalence"));
}

TEST_CASE("what was asked for, and what a reader has to know, is in the report", "[evaluate]")
{
  thorax::evaluation whole = chest();
  whole.leaky = true;
  whole.flips = true;
  whole.temperature = 1.25;
  whole.temperature_from = "524 films of fold 1";
  whole.notes = {"measured on the films <of the fit>"};
  whole.against = thorax::compared_network{"other.csv", thorax::mcnemar(3, 12)};
  const std::string page = thorax::report_html(whole, notice, {});
  for (const char* words :
       {"(leaky)", "Leaky split.", "mirror image", "1.2500, fitted on 524 films of fold 1",
        "measured on the films &lt;of the fit&gt;", "Against other.csv", "only this network right on 3"})
    CHECK(holds(page, words));
}

TEST_CASE("a mistake shows film and heat map side by side, in the page itself", "[evaluate]")
{
  const std::vector<std::byte> png(3);
  const std::array<thorax::shown_mistake, 2> mistakes{
    {{"a&b.png", "NORMAL", "VIRAL", 0.987654, png, png}, {"c.png", "VIRAL", "NORMAL", 0.75}}};
  const std::string page = thorax::report_html(chest(), notice, mistakes);
  CHECK(count_of("<img ", page) == 2);
  CHECK(count_of("src=\"data:image/png;base64,AAAA\"", page) == 2);
  for (const char* words :
       {"a&amp;b.png", "labelled <b>NORMAL</b>, classified as <b>VIRAL</b> with score 0.988", "c.png"})
    CHECK(holds(page, words));
}
