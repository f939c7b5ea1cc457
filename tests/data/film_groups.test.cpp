// SPDX-License-Identifier: MIT
#include <thorax/data/film_groups.hpp>

#include "support/catch.hpp"
#include "support/small_dataset.hpp"

#include <filesystem>
#include <vector>

using thorax::content_key;
using thorax::dataset;
using thorax::film_groups;

namespace {

dataset some_films(std::vector<thorax::film> films)
{
  dataset some{{"A", "B"}, {}, {}, 0, false, {}};
  some.films = std::move(films);
  return some;
}

}  // namespace

TEST_CASE("films of one patient, copies of a film, and what these connect are one group", "[data]")
{
  const content_key x{1, 1}, y{2, 2};
  const dataset films = some_films({{"0.png", 0, "kim", -1, x},
                                    {"1.png", 0, "lee", -1, content_key{3, 3}},
                                    {"2.png", 1, "ann", -1, x},
                                    {"3.png", 1, "ann", -1, y},
                                    {"4.png", 0, "bob", -1, y},
                                    {"5.png", 0, "eve", -1, content_key{1, 2}},
                                    {"6.png", 0, "lee", -1, {}}});
  CHECK(film_groups(films) == std::vector<std::size_t>{0, 1, 0, 0, 0, 5, 1});
}

TEST_CASE("a group is closed whatever the order in which its films come", "[data]")
{
  // A chain of copies: film i has the content of film i+1's patient's other film.
  std::vector<thorax::film> chain;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const std::uint64_t place = i * 37 % 50;  // 37 and 50 have no common factor
    chain.push_back({"a.png", 0, std::to_string(place), -1, content_key{place, 0}});
    chain.push_back({"b.png", 0, std::to_string(place), -1, content_key{place + 1, 0}});
  }
  CHECK(film_groups(some_films(chain)) == std::vector<std::size_t>(100, 0));
  chain[1].content.reset();
  const std::vector<std::size_t> cut = film_groups(some_films(chain));
  CHECK(cut != std::vector<std::size_t>(100, 0));
}

TEST_CASE("contents are those of the files, and films that cannot be read stay without", "[data]")
{
  small_dataset some{5};
  std::filesystem::copy_file(some.folder / "0.png", some.folder / "3.png",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(some.folder / "4.png");
  thorax::thread_pool pool{2};
  thorax::know_contents(some.films, pool);
  const auto content = [&](std::size_t i) { return some.films.films[i].content; };
  CHECK(content(0) == thorax::key_of_file(some.folder / "0.png"));
  CHECK(content(0) == content(3));
  CHECK(content(0) != content(1));
  CHECK_FALSE(content(4).has_value());
  CHECK(film_groups(some.films) == std::vector<std::size_t>{0, 1, 2, 0, 4});
}
