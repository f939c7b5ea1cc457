// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_group.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_cursor;
using thorax::tools::hdf5_link;

namespace {

struct symbol {
  std::uint64_t name;
  std::uint64_t address;
  std::uint64_t kind{};
};

/// A tree of one leaf, the names, and the leaf; its message is `symbol_table`.
fields table_of(const std::vector<symbol>& symbols, std::string_view names)
{
  constexpr std::uint64_t heap = 24 + 16 + 8;
  const std::uint64_t leaf = heap + 32 + names.size();
  fields all;
  all.text("TREE").u8(0).u8(0).u16(1).u64(undefined_address).u64(undefined_address).u64(0).u64(leaf).u64(0);
  all.text("HEAP").u32(0).u64(names.size()).u64(1).u64(heap + 32).text(names);
  all.text("SNOD").u8(1).u8(0).u16(symbols.size());
  for (const symbol& each : symbols) all.u64(each.name).u64(each.address).u32(each.kind).u32(0).zeros(16);
  return all;
}

std::vector<hdf5_link> links_of(const fields& bytes)
{
  space_by_hand file{bytes};
  const fields message = fields{}.u64(0).u64(48);
  std::vector<hdf5_link> links;
  read_symbol_table(file.space, {file.space.context(), "a message", message.bytes, 0}, links);
  return links;
}

std::vector<hdf5_link> link_of(const fields& message)
{
  space_by_hand file{{}};
  std::vector<hdf5_link> links;
  read_link(file.space, {file.space.context(), "a link", message.bytes, 0}, links);
  return links;
}

bool is_table_refused(const std::string& words, const std::vector<symbol>& symbols, std::string_view names)
{
  return refuses(error_code::format_refused, words, [&] { links_of(table_of(symbols, names)); });
}

bool is_link_refused(const std::string& words, const fields& message)
{
  return refuses(error_code::format_refused, words, [&] { link_of(message); });
}

constexpr std::string_view two_names{"\0a\0layer\0", 9};

}  // namespace

TEST_CASE("a symbol table gives its members", "[weights_tools]")
{
  const auto links = links_of(table_of({{1, 800}, {3, 900, 1}}, two_names));
  REQUIRE(links.size() == 2);
  CHECK(links[0].name == "a");
  CHECK(links[0].address == 800);
  CHECK(links[1].name == "layer");
  CHECK(links[1].address == 900);
}

TEST_CASE("a symbol table is refused entry by entry", "[weights_tools]")
{
  CHECK(is_table_refused("the link 'layer' is a path within the file (a soft link)", {{1, 800}, {3, 900, 2}},
                         two_names));
  CHECK(is_table_refused("expected an entry of kind 0, 1 or 2, found 3", {{1, 800, 3}}, two_names));
  CHECK(is_table_refused("the member 'a' has no address", {{1, undefined_address}}, two_names));
  CHECK(is_table_refused("expected a name at 9, found 9 bytes", {{9, 800}}, two_names));
  CHECK(is_table_refused("expected the address of a name", {{undefined_address, 800}}, two_names));
  for (const std::string_view name : {std::string_view{"\0", 1}, {"a/b\0", 4}, {"/\0", 2}, {".\0", 2}})
    CHECK(is_table_refused("expected the name of a member of a group, found '", {{0, 800}}, name));
  fields many = table_of({{1, 800}}, two_names);
  many.bytes[48 + 32 + 9 + 7] = std::byte{0xff};
  CHECK(refuses(error_code::format_refused, "before the file's end", [&] { links_of(many); }));
}

TEST_CASE("the ends of one long name are not as many names", "[weights_tools]")
{
  constexpr std::uint64_t count = 5'000;
  std::string name(20 * count, 'x');
  name += '\0';
  std::vector<symbol> symbols;
  for (std::uint64_t i = 0; i < count; ++i) symbols.push_back({i, 800});
  CHECK(is_table_refused("many times larger than the file", symbols, name));
}

TEST_CASE("a link message is read in all its forms", "[weights_tools]")
{
  const auto plain = link_of(link_message("layer", 800).body);
  REQUIRE(plain.size() == 1);
  CHECK(plain[0].name == "layer");
  CHECK(plain[0].address == 800);
  // With kind, order of creation, character set and a length of eight bytes.
  const auto full = link_of(fields{}.u8(1).u8(0x1f).u8(0).u64(5).u8(1).u64(5).text("layer").u64(800));
  REQUIRE(full.size() == 1);
  CHECK(full[0].name == "layer");
  CHECK(full[0].address == 800);
}

TEST_CASE("links that are paths are refused", "[weights_tools]")
{
  const auto link = [](std::uint64_t kind) {
    return fields{}.u8(1).u8(8).u8(kind).u8(4).text("soft").u16(2).text("/x");
  };
  CHECK(
    is_link_refused("the link 'soft' is a path within the file (a soft link), which is not followed", link(1)));
  CHECK(is_link_refused("the link 'soft' is a path into another file (an external link)", link(64)));
  CHECK(is_link_refused("of a kind that only the program that wrote it knows", link(65)));
  CHECK(is_link_refused("of a kind that only the program that wrote it knows", link(2)));
}

TEST_CASE("a link message is refused field by field", "[weights_tools]")
{
  CHECK(is_link_refused("expected version 1, found 2", fields{}.u8(2).zeros(20)));
  CHECK(
    is_link_refused("expected 18446744073709551615 bytes", fields{}.u8(1).u8(3).u64(UINT64_MAX).text("layer")));
  CHECK(is_link_refused("the address of a member", link_message("layer", undefined_address).body));
  CHECK(is_link_refused("expected the name of a member", link_message("", 800).body));
  CHECK(is_link_refused("expected the name of a member", link_message("a/b", 800).body));
  CHECK(is_link_refused("expected the name of a member", link_message({"a\0b", 3}, 800).body));
}

TEST_CASE("links are sorted byte by byte, and no two have one name", "[weights_tools]")
{
  space_by_hand file{{}};
  std::vector<hdf5_link> links{{"b", 1}, {"a_10", 2}, {"\xc3\xa4", 3}, {"a_2", 4}, {"B", 5}};
  sort_links(file.space, links);
  std::string order;
  for (const hdf5_link& each : links) order += std::to_string(each.address);
  CHECK(order == "52413");
  links.push_back({"a_2", 6});
  CHECK(refuses(error_code::format_refused, "two members of the group have the name 'a_2'",
                [&] { sort_links(file.space, links); }));
}
