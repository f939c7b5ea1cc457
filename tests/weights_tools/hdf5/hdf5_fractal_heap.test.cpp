// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_fractal_heap.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_cursor;
using thorax::tools::hdf5_fractal_heap;

namespace {

/// The fields of a heap whose blocks begin with 64 bytes, two in a row.
struct heap_fields {
  std::uint64_t id_bytes{7};
  std::uint64_t filters{};
  std::uint64_t flags{2};
  std::uint64_t huge_tree{undefined_address};
  std::uint64_t width{2};
  std::uint64_t first_bytes{64};
  std::uint64_t most_direct_bytes{128};
  std::uint64_t space_bits{16};
  std::uint64_t root{head_bytes};
  std::uint64_t rows{};

  static constexpr std::uint64_t head_bytes = 22 + 12 * 8 + 3 * 8 + 4;
};

fields head_of(const heap_fields& with)
{
  fields head;
  head.text("FRHP").u8(0).u16(with.id_bytes).u16(with.filters).u8(with.flags).u32(100).u64(0).u64(with.huge_tree);
  head.u64(0)
    .u64(undefined_address)
    .zeros(8 * 8)
    .u16(with.width)
    .u64(with.first_bytes)
    .u64(with.most_direct_bytes);
  return head.u16(with.space_bits).u16(1).u64(with.root).u16(with.rows).checksum();
}

/// A block that is checksummed; objects begin at its byte 19.
fields block(std::uint64_t begin, const std::string& objects, std::uint64_t bytes, std::uint64_t heap = 0)
{
  fields all;
  all.text("FHDB").u8(0).u64(heap).u16(begin).u32(0).text(objects);
  all.bytes.resize(bytes);
  const fields sum = fields{}.u32(thorax::tools::hdf5_checksum(all.bytes));
  std::copy(sum.bytes.begin(), sum.bytes.end(), all.bytes.begin() + 15);
  return all;
}

fields rows_of(std::uint64_t begin, const std::vector<std::uint64_t>& children)
{
  fields all;
  all.text("FHIB").u8(0).u64(0).u16(begin);
  for (const std::uint64_t each : children) all.u64(each);
  return all.checksum();
}

constexpr std::uint64_t rows_bytes(std::uint64_t children) { return 15 + 8 * children + 4; }

// Two bytes for the place (16 bits), one for the size (at most 128).
fields id_of(std::uint64_t place, std::uint64_t bytes, std::uint64_t kind = 0)
{
  return fields{}.u8(kind).u16(place).u8(bytes).zeros(3);
}

std::string object_of(const fields& bytes, const fields& id)
{
  space_by_hand file{bytes};
  hdf5_fractal_heap heap{file.space, 0, "a link"};
  hdf5_cursor number{file.space.context(), "a record", id.bytes, 0};
  hdf5_cursor object = heap.object(number);
  CHECK(number.left() == 0);
  return std::string{thorax::tools::text_of(object.take(object.left()))};
}

bool is_refused(const std::string& words, const fields& bytes, const fields& id = id_of(19, 3))
{
  return refuses(error_code::format_refused, words, [&] { object_of(bytes, id); });
}

}  // namespace

TEST_CASE("a heap of one block gives its objects", "[weights_tools]")
{
  const fields heap = head_of({}).add(block(0, "onetwo", 64));
  CHECK(object_of(heap, id_of(19, 3)) == "one");
  CHECK(object_of(heap, id_of(22, 3)) == "two");
  CHECK(object_of(heap, id_of(64, 0)).empty());
  CHECK(object_of(heap, id_of(60, 4)) == std::string(4, '\0'));
}

TEST_CASE("a number that leads out of its block is refused", "[weights_tools]")
{
  const fields heap = head_of({}).add(block(0, "onetwo", 64));
  CHECK(is_refused("its 3 bytes at 18 are not within a block", heap, id_of(18, 3)));
  CHECK(is_refused("its 1 bytes at 64 are not within a block", heap, id_of(64, 1)));
  CHECK(is_refused("its 255 bytes at 19 are not within a block", heap, id_of(19, 255)));
  CHECK(is_refused("its 3 bytes at 65535 are not within a block", heap, id_of(0xffff, 3)));
  CHECK(is_refused("its place 19 is in no block", head_of({.root = undefined_address}), id_of(19, 3)));
  CHECK(is_refused("found 32", heap, id_of(19, 3, 0x20)));
  CHECK(is_refused("found 64", heap, id_of(19, 3, 0x40)));
  CHECK(is_refused("there is no large object of number 19", heap, id_of(19, 0, 0x10)));
}

TEST_CASE("a heap of rows, and of rows in rows, gives its objects", "[weights_tools]")
{
  // Rows of 64, 64, 128, 256 bytes a block. The last one's blocks are rows themselves: 2 rows of 64.
  constexpr std::uint64_t first = heap_fields::head_bytes + rows_bytes(8);
  constexpr std::uint64_t third_row = first + 64;
  constexpr std::uint64_t inner = third_row + 128;
  constexpr std::uint64_t innermost = inner + rows_bytes(4);
  constexpr std::uint64_t none = undefined_address;
  const fields heap = head_of({.rows = 4})
                        .add(rows_of(0, {first, none, none, none, none, third_row, inner, none}))
                        .add(block(0, "one", 64))
                        .add(block(4 * 64 + 128, "two", 128))
                        .add(rows_of(4 * 64 + 2 * 128, {none, none, none, innermost}))
                        .add(block(4 * 64 + 2 * 128 + 3 * 64, "three", 64));
  CHECK(object_of(heap, id_of(19, 3)) == "one");
  CHECK(object_of(heap, id_of(4 * 64 + 128 + 19, 3)) == "two");
  CHECK(object_of(heap, id_of(4 * 64 + 2 * 128 + 3 * 64 + 19, 5)) == "three");
  CHECK(is_refused("are not within a block", heap, id_of(64 + 19, 3)));
  CHECK(is_refused("are not within a block", heap, id_of(4 * 64 + 19, 3)));
}

TEST_CASE("a heap is refused field by field", "[weights_tools]")
{
  const fields one = block(0, "onetwo", 64);
  CHECK(is_refused("its objects are compressed", head_of({.filters = 8}).add(one)));
  for (const std::uint64_t power : {std::uint64_t{0}, std::uint64_t{3}, UINT64_MAX}) {
    CHECK(is_refused("expected a power of two", head_of({.width = power}).add(one)));
    CHECK(is_refused("expected a power of two", head_of({.first_bytes = power}).add(one)));
    CHECK(is_refused("expected a power of two", head_of({.most_direct_bytes = power}).add(one)));
  }
  CHECK(is_refused("do not fit its 64 bits", head_of({.space_bits = 64}).add(one)));
  CHECK(is_refused("do not fit its 6 bits", head_of({.space_bits = 6}).add(one)));
  CHECK(is_refused("do not fit its 16 bits", head_of({.first_bytes = 1ULL << 63}).add(one)));
  CHECK(is_refused("do not fit its 16 bits", head_of({.first_bytes = 256}).add(one)));
  CHECK(is_refused("do not fit its 16 bits", head_of({.most_direct_bytes = 1ULL << 20}).add(one)));
  CHECK(is_refused("expected at most 10 rows, found 11",
                   head_of({.rows = 11}).add(rows_of(0, std::vector<std::uint64_t>(22, undefined_address)))));
  CHECK(is_refused("before the file's end", head_of({.rows = 0xffff}).add(one)));
}

TEST_CASE("a block that is not where or whose it should be is refused", "[weights_tools]")
{
  CHECK(is_refused("it belongs to another heap", head_of({}).add(block(0, "one", 64, 8))));
  CHECK(is_refused("expected the heap's offset 0, found 64", head_of({}).add(block(64, "one", 64))));
  CHECK(is_refused("before the file's end", head_of({}).add(block(0, "one", 63))));
  CHECK(
    is_refused("expected the signature 'FHDB', found 'FHIB'", head_of({}).add(rows_of(0, {0, 0, 0, 0, 0, 0, 0}))));
  fields changed = head_of({}).add(block(0, "one", 64));
  changed.bytes.back() ^= std::byte{1};
  CHECK(is_refused("its checksum is not that of its bytes", changed));
  CHECK(is_refused("linked twice", head_of({.rows = 1}).add(rows_of(0, {0, 0}))));
  constexpr std::uint64_t rows = heap_fields::head_bytes;
  const std::vector<std::uint64_t> loop(8, rows);
  CHECK(is_refused("lie in the same place", head_of({.rows = 4}).add(rows_of(0, loop))));
}

TEST_CASE("a row of rows that could not hold a block is refused", "[weights_tools]")
{
  // Four blocks in a row of 64 bytes; a block of 128 would have less than one row.
  const std::uint64_t none = undefined_address;
  CHECK(is_refused("larger than the block around it",
                   head_of({.width = 4, .most_direct_bytes = 64, .rows = 3})
                     .add(rows_of(0, {none, none, none, none, none, none, none, none, 0, none, none, none}))));
}

TEST_CASE("a large object is found by its number or by its address", "[weights_tools]")
{
  constexpr std::uint64_t tree = heap_fields::head_bytes;
  constexpr std::uint64_t leaf = tree + 38;
  constexpr std::uint64_t text = leaf + 6 + 24 + 4;
  const fields node = fields{}.text("BTLF").u8(0).u8(1).u64(text).u64(5).u64(77).checksum();
  fields head;
  head.text("BTHD").u8(0).u8(1).u32(512).u16(24).u16(0).u8(100).u8(40).u64(leaf).u16(1).u64(1).checksum();
  const fields heap = head_of({.huge_tree = tree, .root = undefined_address}).add(head).add(node).text("large");
  CHECK(object_of(heap, fields{}.u8(0x10).number(77, 6)) == "large");
  CHECK(is_refused("no large object of number 78", heap, fields{}.u8(0x10).number(78, 6)));

  const fields direct = head_of({.id_bytes = 17, .root = undefined_address}).text("large");
  CHECK(object_of(direct, fields{}.u8(0x10).u64(heap_fields::head_bytes).u64(5)) == "large");
  CHECK(is_refused("before the file's end", direct, fields{}.u8(0x10).u64(heap_fields::head_bytes).u64(6)));
}
