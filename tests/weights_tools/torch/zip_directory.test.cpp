// SPDX-License-Identifier: MIT

#include "torch/zip_directory.hpp"

#include "support/catch.hpp"
#include "support/zip_by_hand.hpp"
#include "weights_tools/damaged.hpp"
#include "weights_tools/torch/zip_cases.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::tools::zip_archive;

TEST_CASE("a comment ends the file, of any length that it may have", "[weights_tools]")
{
  for (const std::string& comment : {std::string{"hello"}, std::string(65'535, 'c'), std::string{"PK\5\6"} + "x"})
    CHECK(zip_archive{bytes_in(make_zip({{"one", "1"}}, false, comment).bytes), "'x'"}.members().size() == 1);
  CHECK(is_zip_refused("was it cut short", make_zip({{"one", "1"}}, false, "c").bytes + "x"));
  CHECK(is_zip_refused("was it cut short", make_zip({{"one", "1"}}).bytes + std::string(70'000, '\0')));
}

TEST_CASE("a file that is no archive is refused", "[weights_tools]")
{
  CHECK(is_zip_refused("'x': begins as a ZIP file but does not end as one", ""));
  CHECK(is_zip_refused("does not end as one", std::string(21, 'P')));
  CHECK(is_zip_refused("does not end as one", "PK\3\4" + std::string(100, 'x')));
}

TEST_CASE("ZIP64 numbers of a member are checked like others", "[weights_tools]")
{
  const zip_by_hand file = make_zip({{"one", "first", true, true}});
  const std::size_t field = file.centrals[0] + 46 + 3 + 4;
  for (const std::uint64_t number : {std::uint64_t{6}, std::uint64_t{1} << 63, ~std::uint64_t{}}) {
    CHECK(is_zip_refused_with<std::uint64_t>("is stored, but", file, field, number));
    CHECK(is_zip_refused_with<std::uint64_t>("'one' is not at byte", file, field + 16, number));
    zip_by_hand both = file;
    set_number<std::uint64_t>(both.bytes, field, number);
    set_number<std::uint64_t>(both.bytes, field + 8, number);
    CHECK_FALSE(is_accepted(both.bytes, [](auto bytes) { const zip_archive read{bytes, "'x'"}; }));
  }
  CHECK(is_zip_refused_with<std::uint16_t>("lacks its ZIP64 numbers", file, field - 2, 23));
  CHECK(is_zip_refused_with<std::uint16_t>("lacks its ZIP64 numbers", file, field - 2, 25));
  CHECK(is_zip_refused_with<std::uint16_t>("lacks its ZIP64 numbers", file, field - 4, 2));
}

TEST_CASE("a directory is where the end record says, and as long", "[weights_tools]")
{
  const zip_by_hand file = two_members();
  for (const std::size_t place : {12U, 16U})
    for (const std::uint64_t number : {0U, 1U, 0x7fffffffU, 0xffffffffU})
      CHECK(is_zip_refused_with<std::uint32_t>("its ZIP directory is not where", file, file.end + place, number));
  for (const std::uint64_t count : {0U, 1U, 3U, 0xffffU})
    CHECK(is_zip_refused_with<std::uint16_t>("spans several ZIP disks", file, file.end + 8, count));
  for (const std::uint64_t count : {0U, 1U}) {
    zip_by_hand fewer = file;
    set_number<std::uint16_t>(fewer.bytes, file.end + 8, count);
    CHECK(is_zip_refused_with<std::uint16_t>("has more bytes than its entries", fewer, file.end + 10, count));
  }
  for (const std::uint64_t count : {3U, 0xffffU}) {
    zip_by_hand more = file;
    set_number<std::uint16_t>(more.bytes, file.end + 8, count);
    CHECK(is_zip_refused_with<std::uint16_t>(
      "announces " + std::to_string(count) + " ZIP members in a directory of 102", more, file.end + 10, count));
  }
  for (const std::size_t place : {28U, 30U, 32U})
    CHECK(is_zip_refused_with<std::uint16_t>("longer than the directory", file, file.centrals[0] + place, 0xffff));
  CHECK(is_zip_refused_with<std::uint16_t>("ends within an entry", file, file.centrals[0] + 32, 20));
  CHECK(is_zip_refused_with<std::uint32_t>("expected a ZIP directory entry at byte", file, file.centrals[0], 0));
  CHECK(is_zip_refused("its ZIP directory is not where", "x" + file.bytes));
}

TEST_CASE("a ZIP64 end record is where its locator says and agrees with the other", "[weights_tools]")
{
  const zip_by_hand file = two_members(true);
  for (const std::uint64_t number : {std::uint64_t{}, std::uint64_t{1}, std::uint64_t{1} << 63, ~std::uint64_t{},
                                     std::uint64_t{file.locator}}) {
    CHECK(is_zip_refused_with<std::uint64_t>("its ZIP64 end record is not where", file, file.locator + 8, number));
    CHECK(
      is_zip_refused_with<std::uint64_t>("its ZIP64 end record is not where", file, file.zip64_end + 4, number));
    CHECK(is_zip_refused_with<std::uint64_t>("is not where the ZIP64 end record says", file, file.zip64_end + 40,
                                             number));
    CHECK(is_zip_refused_with<std::uint64_t>("is not where the ZIP64 end record says", file, file.zip64_end + 48,
                                             number));
    zip_by_hand many = file;
    set_number<std::uint64_t>(many.bytes, file.zip64_end + 24, number);
    CHECK(is_zip_refused_with<std::uint64_t>("", many, file.zip64_end + 32, number));
  }
  CHECK(is_zip_refused_with<std::uint16_t>("spans several", file, file.end + 8, 1));
  CHECK(is_zip_refused_with<std::uint32_t>("disagree", file, file.end + 12, 1));
  CHECK(is_zip_refused_with<std::uint32_t>("disagree", file, file.end + 16, 1));
}

TEST_CASE("an archive of several disks is refused", "[weights_tools]")
{
  const zip_by_hand file = two_members(true);
  for (const std::size_t place : {file.end + 4, file.end + 6, file.zip64_end + 16, file.zip64_end + 20,
                                  file.locator + 4, file.centrals[0] + 34})
    CHECK(is_zip_refused_with<std::uint16_t>("disk", file, place, 1));
  CHECK(is_zip_refused_with<std::uint32_t>("disks", file, file.locator + 16, 2));
  CHECK(is_zip_refused_with<std::uint64_t>("disks", file, file.zip64_end + 24, 1));
}

TEST_CASE("a name that leads outside is refused", "[weights_tools]")
{
  for (const std::string name : {"/etc/passwd", "..", "../a", "a/../b", "a/..", "a\\b", "..\\a", "C:/a", "c:", ""})
    CHECK(is_zip_refused("names a path outside the archive", make_zip({{name, "1"}}).bytes));
  CHECK(is_zip_refused("zip member 'a\\u0000b' names", make_zip({{std::string{"a\0b", 3}, "1"}}).bytes));
  for (const std::string name : {"a..b", "...", "a/.b", "a/b..", ".data/x"})
    CHECK(zip_archive{bytes_in(make_zip({{name, "1"}}).bytes), "'x'"}.find(name) != nullptr);
}
