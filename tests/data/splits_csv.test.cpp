// SPDX-License-Identifier: MIT
#include <thorax/data/splits_csv.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

using thorax::content_key;
using thorax::dataset;
using thorax::error_code;
using thorax::parse_csv;
using thorax::splits_csv;
using thorax::take_splits;

namespace {

dataset some_films()
{
  dataset films{{"A", "B"}, {}, "films", 0, false, {}};
  films.films = {{"films/A/1.png", 0, "kim", 3, content_key{1, 2}},
                 {"films/A/2, old.png", 0, "lee", 0, content_key{3, 4}},
                 {"films/B/1.png", 1, "ann", 12, content_key{5, 6}}};
  return films;
}

const std::string table = "path,class,patient,fold,content\n"
                          "A/1.png,A,kim,3,00000000000000010000000000000002\n"
                          "\"A/2, old.png\",A,lee,0,00000000000000030000000000000004\n"
                          "B/1.png,B,ann,12,00000000000000050000000000000006\n";

/// The table with one text for another, given to the films.
void take(const std::string& old_text, const std::string& new_text)
{
  std::string changed = table;
  changed.replace(changed.find(old_text), old_text.size(), new_text);
  dataset films = some_films();
  take_splits(films, parse_csv(changed, "s.csv"));
}

}  // namespace

TEST_CASE("a split is a line a film, in the dataset's order", "[data]") { CHECK(splits_csv(some_films()) == table); }

TEST_CASE("a table gives its folds and patients back, whatever else was said", "[data]")
{
  dataset films = some_films();
  for (thorax::film& each : films.films) {
    each.patient = "nobody";
    each.fold = -1;
  }
  take_splits(films, parse_csv(table, "s.csv"));
  CHECK(splits_csv(films) == table);
  CHECK(films.remarks.empty());
}

TEST_CASE("films that are not here are counted, and one that is not in the table, or was changed, is named", "[data]")
{
  dataset films = some_films();
  films.films.pop_back();
  take_splits(films, parse_csv(table, "s.csv"));
  REQUIRE(films.remarks.size() == 1);
  CHECK(films.remarks.front() == "the split lists 3 films, 2 of them are here");
  CHECK(refuses(error_code::does_not_fit, "'s.csv': expected a line for the film 'B/1.png', found none",
                [] { take("B/1.png", "B/7.png"); }));
  CHECK(refuses(error_code::does_not_fit,
                "'s.csv', line 2: the film 'A/1.png' is not the one that was split: expected the content "
                "00000000000000010000000000000003, found 00000000000000010000000000000002",
                [] { take("0002", "0003"); }));
}

TEST_CASE("what is no split is refused with its line", "[data]")
{
  CHECK(refuses(error_code::format_refused, "expected a column 'content'", [] { take("content", "contents"); }));
  CHECK(refuses(error_code::format_refused, "'s.csv', line 4: expected a fold from 0 to 9999, found '-1'",
                [] { take(",12,", ",-1,"); }));
  CHECK(refuses(error_code::format_refused, "line 4: expected a fold from 0 to 9999, found ''",
                [] { take(",12,", ",,"); }));
  CHECK(refuses(error_code::format_refused, "line 2: the field 'patient' is empty", [] { take(",kim,", ",,"); }));
  CHECK(refuses(error_code::format_refused, "line 3: the film 'A/1.png' stands twice",
                [] { take("\"A/2, old.png\"", "A/1.png"); }));
  CHECK(refuses(error_code::format_refused, "line 4: the film 'B/1.png' is said to be of class A, expected B",
                [] { take(",B,", ",A,"); }));
}

TEST_CASE("a split is not written without folds and contents", "[data]")
{
  dataset films = some_films();
  films.films[1].content.reset();
  CHECK(refuses(error_code::does_not_fit, "film 'films/A/2, old.png' has no fold, or could not be read",
                [&] { (void)splits_csv(films); }));
  films = some_films();
  films.films[2].fold = -1;
  CHECK(refuses(error_code::does_not_fit, "film 'films/B/1.png' has no fold", [&] { (void)splits_csv(films); }));
}
