// SPDX-License-Identifier: MIT

#include <thorax/train/feature_cache.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <thread>
#include <vector>

using thorax::content_key;
using thorax::feature_cache;
using thorax::feature_name;

namespace {

constexpr std::size_t floats = 10;
constexpr std::size_t record = 32 + floats * sizeof(float);
constexpr std::size_t plenty = 1 << 20;
const content_key key{1, 2};

std::vector<float> features(int film) { return std::vector<float>(floats, static_cast<float>(film) + 0.25F); }

feature_name name(int film, int view = 0) { return {{static_cast<std::uint64_t>(film) + 1, 7}, view}; }

bool holds(feature_cache& cache, const feature_name& wanted, const std::vector<float>& expected)
{
  std::vector<float> found(floats, -1);
  return cache.read(wanted, found) && found == expected;
}

void flip_byte(const std::filesystem::path& path, std::streamoff place)
{
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekg(place);
  const auto byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(place);
  file.put(byte);
}

}  // namespace

TEST_CASE("features come back bit for bit, from this run and from a later one", "[train]")
{
  const temporary_folder folder;
  {
    feature_cache cache{folder.path(), key, floats, plenty};
    CHECK_FALSE(cache.contains(name(0)));
    for (int film = 0; film < 20; ++film) cache.write(name(film, film % 3), features(film));
    CHECK(holds(cache, name(4, 1), features(4)));
    CHECK_FALSE(holds(cache, name(4, 2), features(4)));
  }
  feature_cache again{folder.path(), key, floats, plenty};
  CHECK(again.size() == 20);
  for (int film = 0; film < 20; ++film) CHECK(holds(again, name(film, film % 3), features(film)));
  CHECK(again.note().empty());
}

TEST_CASE("a damaged record is not there, whichever byte is damaged, and may be written again", "[train]")
{
  const temporary_folder folder;
  {
    feature_cache cache{folder.path(), key, floats, plenty};
    for (int film = 0; film < 3; ++film) cache.write(name(film), features(film));
  }
  const auto path = feature_cache{folder.path(), key, floats, plenty}.path();
  for (std::size_t byte = 0; byte < record; ++byte) {
    if (byte >= 28 && byte < 32) continue;  // of no use
    INFO("byte " << byte);
    flip_byte(path, static_cast<std::streamoff>(record + byte));
    {
      feature_cache cache{folder.path(), key, floats, plenty};
      CHECK_FALSE(holds(cache, name(1), features(1)));
      CHECK(holds(cache, name(0), features(0)));
      CHECK(holds(cache, name(2), features(2)));
    }
    flip_byte(path, static_cast<std::streamoff>(record + byte));
  }
  flip_byte(path, record + 40);
  feature_cache cache{folder.path(), key, floats, plenty};
  CHECK_FALSE(holds(cache, name(1), features(1)));
  cache.write(name(1), features(1));
  CHECK(holds(cache, name(1), features(1)));
}

TEST_CASE("a record that was being written when its run ended is cut off", "[train]")
{
  for (const std::size_t left : {std::size_t{1}, std::size_t{31}, std::size_t{33}, record - 1}) {
    const temporary_folder folder;
    std::filesystem::path path;
    {
      feature_cache cache{folder.path(), key, floats, plenty};
      for (int film = 0; film < 2; ++film) cache.write(name(film), features(film));
      path = cache.path();
    }
    std::filesystem::resize_file(path, record + left);
    feature_cache cache{folder.path(), key, floats, plenty};
    CHECK(cache.size() == 1);
    cache.write(name(5), features(5));
    CHECK(holds(cache, name(0), features(0)));
    CHECK(holds(cache, name(5), features(5)));
  }
}

TEST_CASE("a cache grows to its limit and says so, and what is in it stays", "[train]")
{
  const temporary_folder folder;
  feature_cache cache{folder.path(), key, floats, 3 * record + 5};
  for (int film = 0; film < 9; ++film) cache.write(name(film), features(film));
  CHECK(cache.size() == 3);
  CHECK(cache.note().find("is full") != std::string::npos);
  CHECK(holds(cache, name(2), features(2)));
  CHECK(std::filesystem::file_size(cache.path()) == 3 * record);
}

TEST_CASE("files that were used longest ago make room, other files never", "[train]")
{
  const temporary_folder folder;
  std::ofstream{folder / "mine.txt"} << std::string(10 * record, 'x');
  for (std::uint64_t set = 0; set < 4; ++set) {
    feature_cache cache{folder.path(), {set, 0}, floats, plenty};
    for (int film = 0; film < 4; ++film) cache.write(name(film), features(film));
    std::filesystem::last_write_time(cache.path(), std::filesystem::file_time_type::clock::now() -
                                                     std::chrono::hours{10 - static_cast<int>(set)});
  }
  feature_cache now{folder.path(), {9, 9}, floats, 16 * record};
  const auto exists = [&](std::uint64_t set) {
    return std::filesystem::exists(folder / (content_key{set, 0}.text() + ".features"));
  };
  CHECK_FALSE(exists(0));
  CHECK_FALSE(exists(1));
  CHECK(exists(2));
  CHECK(exists(3));
  CHECK(std::filesystem::exists(folder / "mine.txt"));
  for (int film = 0; film < 20; ++film) now.write(name(film), features(film));
  CHECK(now.size() == 8);
}

TEST_CASE("a second run does not disturb the first, and goes on without a cache", "[train]")
{
  const temporary_folder folder;
  feature_cache first{folder.path(), key, floats, plenty};
  first.write(name(0), features(0));
  feature_cache second{folder.path(), key, floats, plenty};
  CHECK(second.note().find("in use by another run") != std::string::npos);
  second.write(name(1), features(1));
  CHECK(second.size() == 0);
  CHECK(holds(first, name(0), features(0)));
}

TEST_CASE("a folder that cannot be made is refused", "[train]")
{
  const temporary_folder folder;
  std::ofstream{folder / "file"} << "x";
  CHECK_THROWS_AS((feature_cache{folder / "file", key, floats, plenty}), thorax::error);
}
