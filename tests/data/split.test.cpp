// SPDX-License-Identifier: MIT
#include <thorax/data/split.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <algorithm>  // all_of
#include <map>
#include <set>
#include <string>

using thorax::assign_folds;
using thorax::dataset;
using thorax::leaky_split;
using thorax::split_by_fold;

namespace {

/// Three findings of different frequency, patients with 1 to 5 films.
dataset some_films()
{
  dataset films{{"A", "B", "C"}, {}, {}, 0, false, {}};
  const thorax::random_stream draw{7};
  for (int patient = 0; patient < 300; ++patient) {
    const auto number = static_cast<std::uint64_t>(patient);
    const int finding = patient % 6 < 3 ? 0 : patient % 6 < 5 ? 1 : 2;
    for (std::uint64_t i = 0; i <= draw.below(number, 5); ++i)
      films.films.push_back({"f.png", finding, "p" + std::to_string(patient), -1});
  }
  return films;
}

std::vector<int> folds_of(const dataset& films)
{
  std::vector<int> folds;
  for (const thorax::film& each : films.films) folds.push_back(each.fold);
  return folds;
}

}  // namespace

TEST_CASE("folds keep a patient together and spread every finding evenly", "[data]")
{
  dataset films = some_films();
  assign_folds(films, 5, 1);
  std::map<std::string, int> fold_of;
  for (const thorax::film& each : films.films)
    REQUIRE(fold_of.emplace(each.patient, each.fold).first->second == each.fold);
  const std::vector<std::size_t> all = thorax::films_per_finding(films);
  for (int fold = 0; fold < 5; ++fold) {
    const thorax::dataset_split parts = split_by_fold(films, fold);
    CHECK(parts.train.films.size() + parts.validation.films.size() == films.films.size());
    const std::vector<std::size_t> part = thorax::films_per_finding(parts.validation);
    for (std::size_t c = 0; c < 3; ++c) {
      INFO("fold " << fold << ", finding " << c << ": " << part[c] << " of " << all[c]);
      CHECK(std::abs(static_cast<double>(part[c]) - static_cast<double>(all[c]) / 5) <= 1.5);
    }
  }
}

TEST_CASE("folds follow from the seed alone, and another seed gives others", "[data]")
{
  dataset one = some_films(), same = some_films(), other = some_films();
  assign_folds(one, 4, 1);
  assign_folds(same, 4, 1);
  assign_folds(other, 4, 2);
  CHECK(folds_of(one) == folds_of(same));
  CHECK(folds_of(one) != folds_of(other));
}

TEST_CASE("the assignment is the same on every machine", "[data]")
{
  dataset films{{"A", "B"}, {}, {}, 0, false, {}};
  for (int i = 0; i < 12; ++i) films.films.push_back({"f.png", i % 2, "p" + std::to_string(i), -1});
  assign_folds(films, 3, 42);
  CHECK(folds_of(films) == std::vector<int>{1, 2, 2, 1, 0, 1, 2, 0, 1, 2, 0, 0});
}

TEST_CASE("a patient on both sides is refused by name, unless a leaky split is asked for", "[data]")
{
  dataset films{{"A", "B"}, {}, {}, 0, false, {}};
  films.films = {{"1.png", 0, "kim", 0}, {"2.png", 1, "lee", 1}, {"3.png", 0, "kim", 1}};
  try {
    (void)split_by_fold(films, 0);
    FAIL("accepted");
  }
  catch (const thorax::error& refused) {
    INFO(refused.what());
    CHECK(std::string{refused.what()}.starts_with("patient 'kim' stands on both sides of the split (validation film "
                                                  "'1.png')"));
    CHECK(std::string{refused.what()}.ends_with("or allow a leaky split (--allow-leaky-split) and say so"));
  }
  const thorax::dataset_split parts = split_by_fold(films, 0, leaky_split::allowed);
  CHECK(parts.validation.films.size() == 1);
  CHECK(parts.train.films.size() == 2);
  CHECK(parts.train.findings == films.findings);
}

TEST_CASE("a leaky assignment spreads films one by one", "[data]")
{
  dataset films = some_films();
  assign_folds(films, 5, 1, leaky_split::allowed);
  CHECK_THROWS_AS(split_by_fold(films, 0), thorax::error);
  const auto part = thorax::films_per_finding(split_by_fold(films, 0, leaky_split::allowed).validation);
  const auto all = thorax::films_per_finding(films);
  for (std::size_t c = 0; c < 3; ++c)
    CHECK(std::abs(static_cast<double>(part[c]) - static_cast<double>(all[c]) / 5) < 1);
}

TEST_CASE("copies of a film keep their patients together, and change nothing where there are none", "[data]")
{
  dataset plain = some_films(), known = some_films(), copied = some_films();
  for (std::size_t i = 0; i < known.films.size(); ++i)
    known.films[i].content = copied.films[i].content = thorax::content_key{i, 1};
  copied.films.back().content = copied.films.front().content;
  REQUIRE(copied.films.back().patient != copied.films.front().patient);
  for (dataset* films : {&plain, &known, &copied}) assign_folds(*films, 5, 1);
  CHECK(folds_of(plain) == folds_of(known));
  CHECK(known.films.front().fold != known.films.back().fold);
  CHECK(copied.films.front().fold == copied.films.back().fold);
  for (int fold = 0; fold < 5; ++fold) (void)split_by_fold(copied, fold);  // none leaks
}

TEST_CASE("a fold for testing is neither learned from nor validated on", "[data]")
{
  dataset films = some_films();
  assign_folds(films, 5, 1);
  const thorax::dataset_split parts = split_by_fold(films, {1, 3});
  CHECK(parts.train.films.size() + parts.validation.films.size() + parts.test.films.size() == films.films.size());
  const auto all_are = [](const dataset& part, auto&& fits) {
    return !part.films.empty() && std::all_of(part.films.begin(), part.films.end(), fits);
  };
  CHECK(all_are(parts.validation, [](const thorax::film& each) { return each.fold == 1; }));
  CHECK(all_are(parts.test, [](const thorax::film& each) { return each.fold == 3; }));
  CHECK(all_are(parts.train, [](const thorax::film& each) { return each.fold != 1 && each.fold != 3; }));
  CHECK(split_by_fold(films, 1).test.films.empty());
  CHECK(refuses(thorax::error_code::wrong_usage, "fold 2 cannot be validated and tested on",
                [&] { (void)split_by_fold(films, {2, 2}); }));
  CHECK(refuses(thorax::error_code::does_not_fit, "fold 6 has no film to test on",
                [&] { (void)split_by_fold(films, {2, 6}); }));
}

TEST_CASE("a split that cannot be made says why", "[data]")
{
  dataset films = some_films();
  CHECK_THROWS_AS(split_by_fold(films, 0), thorax::error);  // no folds yet
  CHECK_THROWS_AS(assign_folds(films, 1, 0), thorax::error);
  CHECK_THROWS_AS(assign_folds(films, 301, 0), thorax::error);
  assign_folds(films, 5, 0);
  CHECK_THROWS_AS(split_by_fold(films, 5), thorax::error);  // nobody to validate on
}
