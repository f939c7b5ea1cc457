// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_btree.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_cursor;
using thorax::tools::hdf5_record_kind;

namespace {

using addresses = std::vector<std::uint64_t>;

fields old_node(std::uint64_t level, const addresses& children, std::uint64_t kind = 0)
{
  fields node;
  node.text("TREE").u8(kind).u8(level).u16(children.size()).u64(undefined_address).u64(undefined_address);
  for (const std::uint64_t each : children) node.u64(0).u64(each);
  return node.u64(0);
}

constexpr std::uint64_t old_bytes(std::uint64_t children) { return 24 + 16 * children + 8; }

addresses leaves_of(const fields& bytes)
{
  space_by_hand file{bytes};
  addresses found;
  visit_symbol_nodes(file.space, 0, [&](std::uint64_t each) { found.push_back(each); });
  return found;
}

bool is_old_refused(const std::string& words, const fields& bytes)
{
  return refuses(error_code::format_refused, words, [&] { leaves_of(bytes); });
}

/// A tree of records of 3 bytes in nodes of 40.
struct tree_fields {
  std::uint64_t kind{5};
  std::uint64_t node_bytes{40};
  std::uint64_t record_bytes{3};
  std::uint64_t depth{};
  std::uint64_t root{38};
  std::uint64_t records{};
  std::uint64_t total{};
};

fields head_of(const tree_fields& with)
{
  fields head;
  head.text("BTHD").u8(0).u8(with.kind).u32(with.node_bytes).u16(with.record_bytes).u16(with.depth).u8(100).u8(40);
  return head.u64(with.root).u16(with.records).u64(with.total).checksum();
}

fields leaf(const std::vector<std::uint64_t>& records)
{
  fields node;
  node.text("BTLF").u8(0).u8(5);
  for (const std::uint64_t each : records) node.number(each, 3);
  return node.checksum();
}

struct child_by_hand {
  std::uint64_t address;
  std::uint64_t records;
};

/// One byte counts the records of a leaf here: (40 - 10) / 3 = 10 fit.
fields inner_node(const std::vector<std::uint64_t>& records, const std::vector<child_by_hand>& children)
{
  fields node;
  node.text("BTIN").u8(0).u8(5);
  for (const std::uint64_t each : records) node.number(each, 3);
  for (const child_by_hand& each : children) node.u64(each.address).u8(each.records);
  return node.checksum();
}

std::vector<std::uint64_t> records_of(const fields& bytes, std::uint64_t record_bytes = 3)
{
  space_by_hand file{bytes};
  std::vector<std::uint64_t> found;
  visit_records(file.space, 0, hdf5_record_kind::link_name, record_bytes,
                [&](hdf5_cursor each) { found.push_back(each.number(each.left())); });
  return found;
}

bool is_refused(const std::string& words, const fields& bytes)
{
  return refuses(error_code::format_refused, words, [&] { records_of(bytes); });
}

}  // namespace

TEST_CASE("an old tree gives its leaves in order, through levels", "[weights_tools]")
{
  CHECK(leaves_of(old_node(0, {})).empty());
  CHECK(leaves_of(old_node(0, {1000, 2000})) == addresses{1000, 2000});
  const std::uint64_t left = old_bytes(2);
  const std::uint64_t right = left + old_bytes(2);
  CHECK(leaves_of(old_node(1, {left, right}).add(old_node(0, {1000, 2000})).add(old_node(0, {3000}))) ==
        addresses{1000, 2000, 3000});
}

TEST_CASE("an old tree is refused where it is none", "[weights_tools]")
{
  const std::uint64_t next = old_bytes(1);
  CHECK(is_old_refused("linked twice", old_node(1, {0})));
  CHECK(is_old_refused("linked twice", old_node(1, {old_bytes(2), old_bytes(2)}).add(old_node(0, {1000}))));
  CHECK(is_old_refused("expected a node of level 0, found level 1", old_node(1, {next}).add(old_node(1, {1000}))));
  CHECK(is_old_refused("expected a node of level 1, found level 0", old_node(2, {next}).add(old_node(0, {1000}))));
  CHECK(is_old_refused("at most 31 levels, found level 255", old_node(255, {next}).add(old_node(254, {1000}))));
  CHECK(is_old_refused("at most 31 levels, found level 32", old_node(32, {next})));
  CHECK(is_old_refused("expected a node of a group, found one of kind 1", old_node(0, {1000}, 1)));
  CHECK(is_old_refused("address of a child", old_node(0, {undefined_address})));
  fields many = old_node(0, {1000});
  many.bytes[6] = many.bytes[7] = std::byte{0xff};
  CHECK(is_old_refused("expected 1048568 bytes", many));
  CHECK(is_old_refused("expected the signature 'TREE'", leaf({1, 2, 3, 4, 5, 6})));
}

TEST_CASE("a chain of empty levels ends where its levels end", "[weights_tools]")
{
  fields chain;
  for (std::uint64_t level = 31; level > 0; --level)
    chain.add(old_node(level, {chain.bytes.size() + old_bytes(1)}));
  chain.add(old_node(0, {1000}));
  CHECK(leaves_of(chain) == addresses{1000});
}

TEST_CASE("a new tree gives its records in order, through levels", "[weights_tools]")
{
  CHECK(records_of(head_of({.root = undefined_address})).empty());
  CHECK(records_of(head_of({.records = 3, .total = 3}).add(leaf({7, 8, 0x818283}))) ==
        std::vector<std::uint64_t>{7, 8, 0x818283});
  // Signature, version, type, a record, two pointers, checksum.
  constexpr std::uint64_t left = 38 + 6 + 3 + 2 * 9 + 4;
  constexpr std::uint64_t right = left + 6 + 2 * 3 + 4;
  CHECK(records_of(head_of({.depth = 1, .records = 1, .total = 4})
                     .add(inner_node({3}, {{left, 2}, {right, 1}}))
                     .add(leaf({1, 2}))
                     .add(leaf({4}))) == std::vector<std::uint64_t>{1, 2, 3, 4});
}

TEST_CASE("a new tree is refused where it is none", "[weights_tools]")
{
  const fields one = leaf({7});
  CHECK(is_refused("expected records of kind 5, found kind 8", head_of({.kind = 8, .records = 1}).add(one)));
  CHECK(is_refused("expected records of 3 bytes, found 4", head_of({.record_bytes = 4, .records = 1}).add(one)));
  CHECK(is_refused("expected 2 records, found 1", head_of({.records = 1, .total = 2}).add(one)));
  CHECK(is_refused("expected at most 10 records, found 11",
                   head_of({.records = 11, .total = 11}).add(leaf({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}))));
  CHECK(is_refused("its nodes are too small for a record", head_of({.node_bytes = 12, .records = 1}).add(one)));
  CHECK(is_refused("its nodes are too small for a child",
                   head_of({.node_bytes = 30, .depth = 1, .records = 1}).add(one)));
  CHECK(is_refused("it has 32 levels", head_of({.depth = 32, .records = 1}).add(one)));
  CHECK(is_refused("more records than 64 bits can count",
                   head_of({.node_bytes = 0xffffffff, .depth = 31, .records = 1}).add(one)));
  CHECK(is_refused("expected the signature 'BTIN', found 'BTLF'",
                   head_of({.depth = 1, .records = 1}).add(one).zeros(40)));
  CHECK(is_refused("before the file's end", head_of({.records = 0xffff}).add(one)));
  CHECK(is_refused("before the file's end", head_of({.root = UINT64_MAX - 3, .records = 1}).add(one)));
}

TEST_CASE("a new tree that leads to itself is refused", "[weights_tools]")
{
  CHECK(is_refused("linked twice", head_of({.root = 0, .records = 1}).add(leaf({7}))));
  // Below two levels a pointer also counts all records under it.
  const fields inner = fields{}.text("BTIN").u8(0).u8(5).u64(38).u8(0).u8(0).checksum();
  CHECK(is_refused("linked twice", head_of({.depth = 2, .total = 1}).add(inner)));
}

TEST_CASE("a changed node of a new tree is refused by its checksum", "[weights_tools]")
{
  for (const std::size_t place : {20U, 30U, 46U}) {
    fields bytes = head_of({.records = 2, .total = 2}).add(leaf({7, 8}));
    bytes.bytes[place] ^= std::byte{0x10};
    CHECK(refuses(error_code::format_refused, "", [&] { records_of(bytes); }));
  }
  fields bytes = head_of({.records = 2, .total = 2}).add(leaf({7, 8}));
  bytes.bytes[46] ^= std::byte{0x10};
  CHECK(is_refused("a B-tree node at byte 38: its checksum is not that of its bytes", bytes));
}
