// SPDX-License-Identifier: MIT

#include <thorax/base/file.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>  // mkfifo

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>

using thorax::error_code;

namespace {

std::ptrdiff_t entries(const std::filesystem::path& folder)
{
  return std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{});
}

}  // namespace

TEST_CASE("what is written reads back, byte for byte", "[base]")
{
  const temporary_folder folder;
  const std::string text{"line\n\0\xff end", 11};
  thorax::write_file(folder / "file", text);
  CHECK(thorax::read_file(folder / "file") == text);
  thorax::write_file(folder / "empty", std::string{});
  CHECK(thorax::read_file(folder / "empty").empty());
  CHECK(thorax::mapped_file{folder / "empty"}.bytes().empty());
  CHECK(entries(folder.path()) == 2);
}

TEST_CASE("a large file is written whole", "[base]")
{
  const temporary_folder folder;
  std::string text(5'000'000, 'x');
  text.back() = 'y';
  thorax::write_file(folder / "file", text);
  CHECK(thorax::read_file(folder / "file") == text);
}

TEST_CASE("writing replaces the old file, and who still has it mapped keeps the old bytes", "[base]")
{
  const temporary_folder folder;
  thorax::write_file(folder / "file", std::string{"old content"});
  const thorax::mapped_file old{folder / "file"};
  thorax::write_file(folder / "file", std::string{"new"});
  CHECK(thorax::read_file(folder / "file") == "new");
  CHECK(std::string{reinterpret_cast<const char*>(old.bytes().data()), old.bytes().size()} == "old content");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a file that cannot be written leaves nothing behind and says why", "[base]")
{
  const temporary_folder folder;
  const auto missing = folder / "missing" / "file";
  CHECK(refuses(error_code::file_unwritable, missing.string(),
                [&] { thorax::write_file(missing, std::string{"a"}); }));
  CHECK(!std::filesystem::exists(folder / "missing"));

  // The rename is the step that fails: a folder stands where the file should go.
  std::filesystem::create_directory(folder / "folder");
  thorax::write_file(folder / "folder" / "kept", std::string{"kept"});
  CHECK(refuses(error_code::file_unwritable, "folder",
                [&] { thorax::write_file(folder / "folder", std::string{"a"}); }));
  CHECK(thorax::read_file(folder / "folder" / "kept") == "kept");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("what is no readable file is refused by name", "[base]")
{
  const temporary_folder folder;
  CHECK(refuses(error_code::file_unreadable, "nowhere", [&] { thorax::mapped_file{folder / "nowhere"}; }));
  CHECK(refuses(error_code::file_unreadable, "expected a file", [&] { thorax::mapped_file{folder.path()}; }));
}

TEST_CASE("a pipe is refused at once instead of being waited for", "[base]")
{
  const temporary_folder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refuses(error_code::file_unreadable, "pipe", [&] { thorax::mapped_file{folder / "pipe"}; }));
}

TEST_CASE("a file above the limit is refused before it is read", "[base]")
{
  const temporary_folder folder;
  thorax::write_file(folder / "file", std::string(100, 'a'));
  CHECK(thorax::read_file(folder / "file", 100).size() == 100);
  CHECK(refuses(error_code::limit_exceeded, "100", [&] { thorax::read_file(folder / "file", 99); }));
}

TEST_CASE("a mapping moves with its owner", "[base]")
{
  const temporary_folder folder;
  thorax::write_file(folder / "a", std::string{"first"});
  thorax::write_file(folder / "b", std::string{"second"});
  thorax::mapped_file first{folder / "a"};
  const std::byte* place = first.bytes().data();
  thorax::mapped_file moved{std::move(first)};
  CHECK(moved.bytes().data() == place);
  CHECK(moved.bytes().size() == 5);
  moved = thorax::mapped_file{folder / "b"};
  CHECK(std::to_integer<char>(moved.bytes()[0]) == 's');
  CHECK(moved.bytes().size() == 6);
}
