// SPDX-License-Identifier: MIT
#include <thorax/data/read_dataset.hpp>

#include <thorax/data/split.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using thorax::dataset;
using thorax::read_dataset;

namespace {

void touch(const std::filesystem::path& file, const std::string& text = "")
{
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file} << text;
}

std::vector<std::string> names_of(const dataset& films)
{
  std::vector<std::string> names;
  for (const thorax::film& each : films.films)
    names.push_back(each.path.parent_path().filename().string() + "/" + each.path.filename().string());
  return names;
}

std::string refusal_of(const std::filesystem::path& folder)
{
  try {
    (void)read_dataset(folder);
  }
  catch (const thorax::error& refused) {
    return refused.what();
  }
  return "accepted";
}

bool contains(const std::string& sentence, const std::string& words)
{
  INFO(sentence);
  return sentence.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("class folders become findings and films, both sorted by name", "[data]")
{
  const temporary_folder folder;
  for (const char* file : {"VIRAL/b.png", "VIRAL/a.JPG", "VIRAL/c.DCM", "BACTERIAL/z.jpeg", "NORMAL/person10_virus_1.jpg",
                           "NORMAL/.hidden.png", "NORMAL/notes.txt", ".git/c.png"})
    touch(folder / file);
  std::filesystem::create_directories(folder / "NORMAL/deeper.png");
  const dataset films = read_dataset(folder.path());
  CHECK(films.findings == std::vector<std::string>{"BACTERIAL", "NORMAL", "VIRAL"});
  CHECK(names_of(films) ==
        std::vector<std::string>{"BACTERIAL/z.jpeg", "NORMAL/person10_virus_1.jpg", "VIRAL/a.JPG", "VIRAL/b.png",
                                 "VIRAL/c.DCM"});
  CHECK(films.skipped == 3);
  REQUIRE(films.remarks.size() == 1);
  CHECK(contains(films.remarks[0], "3 files in"));
  CHECK(films.films[3].finding == 2);
  CHECK(films.films[1].patient == "V10");
  CHECK(films.films[0].patient == "BACTERIAL/z.jpeg");
  CHECK(films.films[0].fold == -1);
}

TEST_CASE("a manifest beside the class folders gives patients and folds", "[data]")
{
  const temporary_folder folder;
  for (const char* file : {"A/1.png", "A/2.png", "B/1.png"}) touch(folder / file);
  touch(folder / "manifest.csv",
        "file,class,patient,patient_fold\n1.png,A,kim,4\n2.png,A,\"kim, too\",0\n1.png,B,lee,1\n3.png,B,lee,1\n");
  const dataset films = read_dataset(folder.path());
  REQUIRE(films.films.size() == 3);
  CHECK(films.films[0].patient == "kim");
  CHECK(films.films[0].fold == 4);
  CHECK(films.films[1].patient == "kim, too");
  CHECK(films.films[2].fold == 1);
  CHECK(films.has_manifest);
  CHECK(thorax::split_by_fold(films, 4, thorax::leaky_split::allowed).train.has_manifest);
  REQUIRE(films.remarks.size() == 1);
  CHECK(contains(films.remarks[0], "lists 4 films, 3 of them are here"));
}

TEST_CASE("of films in several sizes one size is read, with the manifest above it", "[data]")
{
  const temporary_folder folder;
  for (const char* file : {"224/A/1.png", "224/B/2.png", "384/A/1.png", "384/B/2.png"}) touch(folder / file);
  touch(folder / "manifest.csv", "file,class,patient\n1.png,A,kim\n2.png,B,lee\n");
  const dataset films = read_dataset(folder.path());
  CHECK(films.folder == folder / "224");
  CHECK(films.films[0].patient == "kim");
  REQUIRE(films.remarks.size() == 1);
  CHECK(contains(films.remarks[0], "those in '224' are used"));
  CHECK(read_dataset(folder / "384").films[1].patient == "lee");
  CHECK(read_dataset(folder / "384/").films[1].patient == "lee");
}

TEST_CASE("a table above the folder that speaks of something else is left alone", "[data]")
{
  const temporary_folder folder;
  for (const char* file : {"films/A/1.png", "films/B/2.png"}) touch(folder / file);
  touch(folder / "manifest.csv", "invoice,amount\n1,2\n");
  const dataset films = read_dataset(folder / "films");
  CHECK(films.films[0].patient == "A/1.png");
  CHECK_FALSE(films.has_manifest);
  REQUIRE(films.remarks.size() == 1);
  CHECK(contains(films.remarks[0], "so it is not used"));
}

TEST_CASE("a folder that is no dataset is refused with what is missing", "[data]")
{
  const temporary_folder folder;
  CHECK(contains(refusal_of(folder / "nowhere"), "is no folder; expected one that holds a folder of films"));
  CHECK(contains(refusal_of(folder.path()), "holds 0 class folders, expected at least 2"));
  touch(folder / "A/1.png");
  CHECK(contains(refusal_of(folder.path()), "holds 1 class folder, expected at least 2"));
  touch(folder / "B/readme.txt");
  CHECK(contains(refusal_of(folder.path()), "B' holds no picture"));
  touch(folder / "B/1.png");
  CHECK(refusal_of(folder.path()) == "accepted");
  touch(folder / "manifest.csv", "file,class,patient\n1.png,A,kim\n");
  CHECK(contains(refusal_of(folder.path()), "expected a line for the film '1.png' of class B"));
}

TEST_CASE("class folders whose names differ only by case are refused by both names", "[data]")
{
  const temporary_folder folder;
  for (const char* file : {"NORMAL/1.png", "VIRAL/1.png", "viral/2.png"}) touch(folder / file);
  if (std::filesystem::equivalent(folder / "VIRAL", folder / "viral")) {
    std::cout << "skipped: no difference between names by case\n";
    return;
  }
  CHECK(refusal_of(folder.path()) ==
        "class folders 'VIRAL' and 'viral' in '" + folder.path().string() +
          "' differ only by case, expected names that differ in their letters; put their films into one folder, or "
          "rename one");
  std::filesystem::rename(folder / "viral", folder / "virals");
  CHECK(refusal_of(folder.path()) == "accepted");
}

TEST_CASE("the real films are read with their patients and folds", "[data]")
{
  const std::filesystem::path real = "../shared/data/chest_xray";
  if (!std::filesystem::exists(real)) {
    std::cout << "skipped: no " << real.string() << '\n';
    return;
  }
  const dataset films = read_dataset(real);
  CHECK(films.folder.filename() == "224");
  CHECK(thorax::films_per_finding(films) == std::vector<std::size_t>{2530, 1341, 1345});
  std::map<std::string, int> fold_of;
  for (const thorax::film& each : films.films) {
    INFO(each.path.string());
    REQUIRE(thorax::patient_of(each.path.filename().string()) == each.patient);
    REQUIRE(fold_of.emplace(each.patient, each.fold).first->second == each.fold);
  }
  CHECK(fold_of.size() == 1353 + 1090 + 1211);
}
