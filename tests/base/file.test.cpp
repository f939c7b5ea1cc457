// SPDX-License-Identifier: MIT

#include <thorax/base/file.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <sys/resource.h>  // setrlimit
#include <sys/stat.h>      // mkfifo, chmod
#include <sys/syscall.h>   // SYS_write
#include <unistd.h>        // syscall

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

using thorax::error_code;

namespace {

std::ptrdiff_t entries(const std::filesystem::path& folder)
{
  return std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{});
}

unsigned mode_of(const std::filesystem::path& path)
{
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

// How this program's writes are to go; see write() below.
std::size_t most_at_once = std::numeric_limits<std::size_t>::max();
int writes_until_interruption = 0;  // 0: none is interrupted

}  // namespace

// Stands before the C library's write in this program: a system that takes as little at once as it may, and lets signals
// interrupt it.
extern "C" ssize_t write(int file, const void* bytes, std::size_t count)
{
  static int calls = 0;
  if (writes_until_interruption > 0 && ++calls % writes_until_interruption == 0) return errno = EINTR, -1;
  return ::syscall(SYS_write, file, bytes, std::min(count, most_at_once));
}

TEST_CASE("a file is whole when the system takes it in small pieces and is interrupted between them", "[base]")
{
  const temporary_folder folder;
  thorax::write_file(folder / "file", std::string{"old"});
  std::string text(1000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i % 251);
  most_at_once = 7;
  writes_until_interruption = 3;
  thorax::write_file(folder / "file", text);
  most_at_once = std::numeric_limits<std::size_t>::max();
  writes_until_interruption = 0;
  CHECK(thorax::read_file(folder / "file") == text);
  CHECK(entries(folder.path()) == 1);
}

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

  std::filesystem::create_directory(folder / "folder");
  thorax::write_file(folder / "folder" / "kept", std::string{"kept"});
  CHECK(refuses(error_code::file_unwritable, "folder",
                [&] { thorax::write_file(folder / "folder", std::string{"a"}); }));
  CHECK(thorax::read_file(folder / "folder" / "kept") == "kept");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a disk that is full in the middle of a file leaves the old one and nothing else", "[base]")
{
  const temporary_folder folder;
  thorax::write_file(folder / "file", std::string{"old"});
  child_process child{[&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const ::rlimit narrow{10, 10};
    if (::setrlimit(RLIMIT_FSIZE, &narrow) != 0) throw std::runtime_error{"no limit"};
    try {
      thorax::write_file(folder / "file", std::string(100, 'x'));
    }
    catch (const thorax::error& failure) {
      if (failure.code() == error_code::file_unwritable) return;
    }
    throw std::runtime_error{"it was written"};
  }};
  CHECK(child.wait() == 0);
  CHECK(thorax::read_file(folder / "file") == "old");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a new file can be read by all, a replaced one keeps its permissions and lends no rights", "[base]")
{
  const temporary_folder folder;
  const auto path = folder / "file";
  thorax::write_file(path, std::string{"new"});
  CHECK(mode_of(path) == 0644U);
  for (const auto& [before, after] : {std::pair{0600U, 0600U}, {0664U, 0664U}, {0400U, 0400U}, {04755U, 0755U}}) {
    REQUIRE(::chmod(path.c_str(), before) == 0);
    thorax::write_file(path, std::to_string(before));
    CHECK(thorax::read_file(path) == std::to_string(before));
    CHECK(mode_of(path) == after);
  }
}

TEST_CASE("of a link to a file that file is replaced, and the link stays", "[base]")
{
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "deep");
  thorax::write_file(folder / "deep" / "file", std::string{"old"});
  REQUIRE(::chmod((folder / "deep" / "file").c_str(), 0600) == 0);
  std::filesystem::create_symlink("deep/file", folder / "link");
  std::filesystem::create_symlink("link", folder / "link to link");
  thorax::write_file(folder / "link to link", std::string{"new"});
  CHECK(std::filesystem::is_symlink(folder / "link to link"));
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(!std::filesystem::is_symlink(folder / "deep" / "file"));
  CHECK(thorax::read_file(folder / "deep" / "file") == "new");
  CHECK(mode_of(folder / "deep" / "file") == 0600U);
  CHECK(entries(folder.path()) == 3);
  CHECK(entries(folder / "deep") == 1);
}

TEST_CASE("a pipe is written into, and stays a pipe", "[base]")
{
  const temporary_folder folder;
  const auto pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::string text(200'000, 'x');  // more than a pipe holds
  std::string found;
  std::thread reader{[&] {
    std::ifstream in{pipe, std::ios::binary};
    found.assign(std::istreambuf_iterator<char>{in}, {});
  }};
  thorax::write_file(pipe, text);
  reader.join();
  CHECK(found == text);
  CHECK(std::filesystem::is_fifo(pipe));
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a device that takes nothing is an error, and stays a device", "[base]")
{
  const std::filesystem::path full = "/dev/full";
  if (!std::filesystem::is_character_file(full)) {
    std::cout << "skipped: no " << full.string() << '\n';
    return;
  }
  // Through a link, so that the device is safe even from a fault that this test is to find.
  const temporary_folder folder;
  std::filesystem::create_symlink(full, folder / "full");
  CHECK(refuses(error_code::file_unwritable, "cannot write", [&] { thorax::write_file(folder / "full", std::string{"a"}); }));
  CHECK(std::filesystem::is_symlink(folder / "full"));
  CHECK(std::filesystem::is_character_file(full));
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
