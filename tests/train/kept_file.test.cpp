// SPDX-License-Identifier: MIT

#include <thorax/train/kept_file.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <thread>
#include <utility>

using thorax::error_code;
using thorax::previous_of;
using thorax::read_file;

namespace {

void write(const std::filesystem::path& path, const std::string& text)
{
  thorax::write_kept_file(path, std::as_bytes(std::span{text}));
}

std::ptrdiff_t entries(const std::filesystem::path& folder)
{
  return std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{});
}

}  // namespace

TEST_CASE("the file before stands beside its successor, with previous in its name", "[train]")
{
  CHECK(previous_of("run/checkpoint.safetensors") == "run/checkpoint.previous.safetensors");
  CHECK(previous_of("checkpoint") == "checkpoint.previous");
}

TEST_CASE("of a file that is replaced again and again the last two are kept, and nothing else", "[train]")
{
  const temporary_folder folder;
  const auto path = folder / "file.txt";
  write(path, "one");
  CHECK(read_file(path) == "one");
  CHECK(entries(folder.path()) == 1);
  for (const auto& [before, now] : {std::pair{"one", "two"}, {"two", "three"}, {"three", "four"}}) {
    write(path, now);
    CHECK(read_file(path) == now);
    CHECK(read_file(previous_of(path)) == before);
    CHECK(entries(folder.path()) == 2);
  }
}

TEST_CASE("what a killed process left half done is cleared away", "[train]")
{
  const temporary_folder folder;
  const auto path = folder / "file.txt";
  write(path, "one");
  // Killed behind the link: both names are one file. Killed before: the link or the new file lies about.
  std::filesystem::create_hard_link(path, previous_of(path));
  std::filesystem::create_hard_link(path, folder / ".file.previous.txt.linked");
  thorax::write_file(folder / ".file.txt.newest", std::string{"half"});
  write(path, "two");
  CHECK(read_file(path) == "two");
  CHECK(read_file(previous_of(path)) == "one");
  CHECK(entries(folder.path()) == 2);
}

TEST_CASE("a file that cannot be written leaves both as they are", "[train]")
{
  const temporary_folder folder;
  const auto path = folder / "file.txt";
  write(path, "one");
  write(path, "two");
  std::filesystem::create_directory(folder / ".file.txt.newest");  // nothing can be written there
  CHECK(refuses(error_code::file_unwritable, "cannot write", [&] { write(path, "three"); }));
  CHECK(read_file(path) == "two");
  CHECK(read_file(previous_of(path)) == "one");
}

TEST_CASE("whenever the process is killed, a whole file is there", "[train]")
{
  const temporary_folder folder;
  const auto path = folder / "file.txt";
  const std::string one(100'000, '1'), two(100'000, '2');
  write(path, one);
  for (int round = 0; round < 20; ++round) {
    child_process child{[&] {
      for (;;) {
        write(path, two);
        write(path, one);
      }
    }};
    std::this_thread::sleep_for(std::chrono::microseconds{1000 + 731 * round});
    child.kill();
    const std::string found = read_file(path);
    CHECK((found == one || found == two));
  }
}
