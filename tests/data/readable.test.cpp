// SPDX-License-Identifier: MIT
#include <thorax/data/readable.hpp>

#include "support/catch.hpp"
#include "support/small_dataset.hpp"

#include <fstream>
#include <string>

TEST_CASE("films that cannot be read are dropped, named and counted", "[data]")
{
  small_dataset some{6};
  std::ofstream{some.films.films[1].path} << "no picture";
  std::filesystem::resize_file(some.films.films[4].path, 40);
  thorax::thread_pool pool{2};
  const auto dropped = thorax::drop_unreadable(some.films, pool);
  REQUIRE(dropped.size() == 2);
  CHECK(dropped[0].path.filename() == "1.png");
  CHECK(dropped[1].path.filename() == "4.png");
  CHECK(dropped[0].reason.find("1.png") != std::string::npos);
  REQUIRE(some.films.films.size() == 4);
  CHECK(some.films.films[1].path.filename() == "2.png");
  REQUIRE(some.films.remarks.size() == 1);
  CHECK(some.films.remarks[0].starts_with("2 films cannot be read and are left out; the first: "));
  CHECK(thorax::drop_unreadable(some.films, pool).empty());
  CHECK(some.films.remarks.size() == 1);
}

TEST_CASE("a dataset of which nothing can be read is refused", "[data]")
{
  small_dataset some{2};
  for (const thorax::film& each : some.films.films) std::filesystem::remove(each.path);
  thorax::thread_pool pool{1};
  CHECK_THROWS_AS(thorax::drop_unreadable(some.films, pool), thorax::error);
}
