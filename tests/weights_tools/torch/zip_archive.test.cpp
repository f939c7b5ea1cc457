// SPDX-License-Identifier: MIT

#include "torch/zip_archive.hpp"

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
using thorax::error_code;
using thorax::tools::zip_archive;

TEST_CASE("an archive gives its members in the order of its directory", "[weights_tools]")
{
  for (const bool is_described : {false, true})
    for (const bool is_wide : {false, true})
      for (const bool is_zip64 : {false, true}) {
        const zip_by_hand file =
          make_zip({{"a/one", "first", is_described, is_wide}, {"a/", ""}, {"two", "2", is_described}}, is_zip64);
        const zip_archive archive{bytes_in(file.bytes), "'x'"};
        REQUIRE(archive.members().size() == 3);
        CHECK(archive.members()[0].name == "a/one");
        CHECK(text_of(archive.members()[0].bytes) == "first");
        CHECK(archive.members()[1].bytes.empty());
        REQUIRE(archive.find("two") != nullptr);
        CHECK(text_of(archive.find("two")->bytes) == "2");
        CHECK(archive.find("tw") == nullptr);
        CHECK(archive.find("") == nullptr);
      }
}

TEST_CASE("an archive without members is an archive", "[weights_tools]")
{
  CHECK(zip_archive{bytes_in(make_zip({}).bytes), "'x'"}.members().empty());
  CHECK(zip_archive{bytes_in(make_zip({}, true).bytes), "'x'"}.members().empty());
}

TEST_CASE("the first bytes tell an archive from other files", "[weights_tools]")
{
  CHECK(zip_archive::looks_like(bytes_in(two_members().bytes)));
  CHECK(zip_archive::looks_like(bytes_in(make_zip({}).bytes)));
  for (const std::string text : {"", "PK", "PK\3", "PK\1\2", "pk\3\4", "\x89HDF"})
    CHECK_FALSE(zip_archive::looks_like(bytes_in(text)));
}

TEST_CASE("a member that is compressed or encrypted is refused with the cure", "[weights_tools]")
{
  const zip_by_hand file = two_members();
  CHECK(is_zip_refused_with<std::uint16_t>("zip member 'a/two' is compressed (method 8)", file,
                                           file.centrals[1] + 10, 8));
  CHECK(
    is_zip_refused_with<std::uint16_t>("save the weights again uncompressed", file, file.centrals[0] + 10, 93));
  CHECK(is_zip_refused_with<std::uint16_t>("is called or stored otherwise", file, file.locals[0] + 8, 8));
  CHECK(is_zip_refused_with<std::uint16_t>("'a/one' is encrypted", file, file.centrals[0] + 8, 1));
  CHECK(is_zip_refused_with<std::uint16_t>("is encrypted", file, file.centrals[0] + 8, 0x2000));
  CHECK(is_zip_refused_with<std::uint16_t>("is called or stored otherwise", file, file.locals[0] + 6, 1));
}

TEST_CASE("a damaged member is refused by its name", "[weights_tools]")
{
  zip_by_hand file = two_members();
  file.bytes[file.locals[1] + 30 + 5] ^= 1;
  CHECK(is_zip_refused("zip member 'a/two' is damaged, its checksum differs", file.bytes,
                       error_code::checksum_differs));
}

TEST_CASE("a member's header must agree with the directory", "[weights_tools]")
{
  for (const bool is_described : {false, true}) {
    const zip_by_hand file = make_zip({{"one", "first", is_described}, {"two", "2nd", is_described}});
    for (const std::size_t place : {14U, 18U, 22U})
      CHECK(is_zip_refused_with<std::uint32_t>("zip member 'two' has another size or checksum", file,
                                               file.locals[1] + place, 1));
    CHECK(is_zip_refused_with<std::uint8_t>("is called or stored otherwise", file, file.locals[1] + 30, 'T'));
    CHECK(is_zip_refused_with<std::uint16_t>("is called or stored otherwise", file, file.locals[1] + 26, 2));
    CHECK(is_zip_refused_with<std::uint16_t>("runs into the ZIP directory", file, file.locals[1] + 28, 0xffff));
    CHECK(is_zip_refused_with<std::uint32_t>("is not at byte", file, file.locals[1], 0));
  }
  // Zeros in front are honest only where the numbers follow.
  const zip_by_hand file = two_members();
  CHECK(is_zip_refused_with<std::uint32_t>("another size or checksum", file, file.locals[0] + 22, 0));
}

TEST_CASE("sizes and places beyond the file are refused", "[weights_tools]")
{
  const zip_by_hand file = make_zip({{"one", "first", true}, {"two", "2nd", true}});
  for (const std::uint64_t size : {4U, 6U, 0x7fffffffU, 0xfffffffeU}) {
    zip_by_hand other = file;
    set_number<std::uint32_t>(other.bytes, file.centrals[0] + 20, size);
    CHECK(is_zip_refused("'one' is stored, but", other.bytes));
    set_number<std::uint32_t>(other.bytes, file.centrals[0] + 24, size);  // and now both
    CHECK_FALSE(is_accepted(other.bytes, [](auto bytes) { const zip_archive read{bytes, "'x'"}; }));
  }
  CHECK(is_zip_refused_with<std::uint32_t>("lacks its ZIP64 numbers", file, file.centrals[0] + 24, 0xffffffffU));
  CHECK(is_zip_refused_with<std::uint32_t>("lacks its ZIP64 numbers", file, file.centrals[0] + 42, 0xffffffffU));
  CHECK(is_zip_refused_with<std::uint32_t>("'one' is not at byte 4294967294", file, file.centrals[0] + 42,
                                           0xfffffffeU));
  CHECK(is_zip_refused_with<std::uint32_t>("'one' is not at byte 1,", file, file.centrals[0] + 42, 1));
}

TEST_CASE("members that share bytes or names are refused", "[weights_tools]")
{
  CHECK(is_zip_refused("has two zip members 'a'", make_zip({{"a", "1"}, {"b", "2"}, {"a", "1"}}).bytes));
  // The second begins in the bytes of the first: the file of D. Fifield's "A better zip bomb" (2019).
  const zip_by_hand inner = make_zip({{"in", "bytes"}});
  const std::string local = inner.bytes.substr(0, inner.centrals[0]);
  zip_by_hand file = make_zip({{"out", local}, {"in", "bytes"}});
  set_number<std::uint32_t>(file.bytes, file.centrals[1] + 42, 30 + 3);
  CHECK(is_zip_refused("zip member 'in' lies over 'out'", file.bytes));
}

TEST_CASE("no beginning of an archive is accepted, and no flipped bit changes a member", "[weights_tools]")
{
  for (const bool is_zip64 : {false, true}) {
    const zip_by_hand file = make_zip({{"a/one", "first", true}, {"b", "2", false, is_zip64}}, is_zip64);
    const auto read = [](std::span<const std::byte> bytes) {
      const zip_archive archive{bytes, "'x'"};
      REQUIRE(archive.members().size() == 2);
      REQUIRE(archive.members()[0].name == "a/one");
      REQUIRE(text_of(archive.members()[0].bytes) == "first");
      REQUIRE(archive.members()[1].name == "b");
      REQUIRE(text_of(archive.members()[1].bytes) == "2");
    };
    CHECK(accepted_beginnings(file.bytes, read) == 0);
    CHECK(accepted_flips(file.bytes, read) > 0);  // times and attributes are nobody's business
  }
}

TEST_CASE("an archive of many small members takes no longer than its bytes", "[weights_tools]")
{
  std::vector<zip_member_by_hand> members;
  for (int i = 0; i < 20'000; ++i) members.push_back({"d/" + std::to_string(i), "x"});
  const zip_archive archive{bytes_in(make_zip(members, true).bytes), "'x'"};
  CHECK(archive.members().size() == 20'000);
  CHECK(archive.find("d/19999") == &archive.members().back());
}
