// SPDX-License-Identifier: MIT
#include <thorax/data/write_phantoms.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <thorax/data/read_dataset.hpp>
#include <thorax/image/read.hpp>

#include <set>
#include <string>

TEST_CASE("written phantoms are read back as the dataset they were written as", "[data]")
{
  const temporary_folder folder;
  thorax::thread_pool pool{2};
  const thorax::dataset written = thorax::write_phantoms(folder / "films", 5, 12, 40, pool);
  const thorax::dataset read = thorax::read_dataset(folder / "films");
  CHECK(read.findings == std::vector<std::string>{"BACTERIAL", "NORMAL", "VIRAL"});
  CHECK(read.remarks.empty());
  REQUIRE(read.films.size() == 36);
  REQUIRE(written.films.size() == 36);
  for (std::size_t i = 0; i < read.films.size(); ++i) {
    CHECK(read.films[i].path == written.films[i].path);
    CHECK(read.films[i].finding == written.films[i].finding);
    CHECK(read.films[i].patient == written.films[i].patient);
    CHECK(read.films[i].fold == written.films[i].fold);
  }
  CHECK(read.films[3].patient == read.films[4].patient);
  CHECK(read.films[13].path.filename() == "phantom_0002.png");
  CHECK(thorax::read_image(read.films[13].path) == thorax::phantom(5, 1, 1, 40));
}

TEST_CASE("phantoms come in five folds that share no child and have every finding", "[data]")
{
  const thorax::dataset films = thorax::phantom_dataset("films", 5, 30);
  for (int fold = 0; fold < 5; ++fold) {
    const thorax::dataset_split parts = thorax::split_by_fold(films, fold);
    CHECK(thorax::films_per_finding(parts.validation) == std::vector<std::size_t>{6, 6, 6});
  }
}

TEST_CASE("phantoms that cannot be made or written are refused", "[data]")
{
  thorax::thread_pool pool{1};
  CHECK_THROWS_AS(thorax::phantom_dataset("films", 1, 9), thorax::error);
  CHECK_THROWS_AS(thorax::write_phantoms("/proc/nowhere", 1, 10, 40, pool), thorax::error);
  const temporary_folder folder;
  CHECK_THROWS_AS(thorax::write_phantoms(folder.path(), 1, 10, 8, pool), thorax::error);
}
