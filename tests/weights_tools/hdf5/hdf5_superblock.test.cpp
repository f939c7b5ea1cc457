// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_superblock.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_signature_place;
using thorax::tools::read_hdf5_superblock;

namespace {

/// The fields of a superblock, to be made wrong one by one.
struct block_fields {
  std::uint64_t version{};
  std::uint64_t base{};
  std::uint64_t end{200};
  std::uint64_t root{96};
  std::uint64_t driver{undefined_address};
  std::uint64_t flags{};
  std::uint64_t offset_bytes{8};
  std::uint64_t length_bytes{8};
};

fields old_block(const block_fields& with)
{
  const int width = static_cast<int>(with.offset_bytes);
  fields block;
  block.text("\x89HDF\r\n\x1a\n").u8(with.version).zeros(4).u8(with.offset_bytes).u8(with.length_bytes).u8(0);
  block.u16(4).u16(16).u32(0);
  if (with.version == 1) block.u16(32).u16(0);
  block.number(with.base, width).number(undefined_address, width).number(with.end, width);
  return block.number(with.driver, width).number(0, width).number(with.root, width).zeros(24);
}

fields new_block(const block_fields& with)
{
  fields block;
  block.text("\x89HDF\r\n\x1a\n").u8(with.version).u8(with.offset_bytes).u8(with.length_bytes).u8(with.flags);
  return block.u64(with.base).u64(undefined_address).u64(with.end).u64(with.root).checksum();
}

std::vector<std::byte> file_of(const fields& block, std::size_t bytes = 200, std::size_t before = 0)
{
  fields file = fields{}.zeros(before).add(block);
  file.bytes.resize(before + bytes);
  return file.bytes;
}

bool is_refused(const std::string& words, const fields& block, std::size_t bytes = 200, std::size_t before = 0)
{
  return refuses(error_code::format_refused, words,
                 [&] { read_hdf5_superblock(file_of(block, bytes, before), "'x.h5'"); });
}

}  // namespace

TEST_CASE("all four versions of the superblock are read", "[weights_tools]")
{
  for (const std::uint64_t version : {0U, 1U, 2U, 3U}) {
    const block_fields with{.version = version};
    const auto block = read_hdf5_superblock(file_of(version < 2 ? old_block(with) : new_block(with)), "'x.h5'");
    CHECK(block.base == 0);
    CHECK(block.end == 200);
    CHECK(block.root == 96);
    CHECK(block.offset_bytes == 8);
    CHECK(block.length_bytes == 8);
    CHECK(!block.extension);
  }
  const auto narrow = read_hdf5_superblock(
    file_of(old_block({.driver = 0xffffffff, .offset_bytes = 4, .length_bytes = 2})), "'x.h5'");
  CHECK(narrow.offset_bytes == 4);
  CHECK(narrow.length_bytes == 2);
  CHECK(narrow.root == 96);
}

TEST_CASE("the superblock may stand behind a user block, where the format allows it", "[weights_tools]")
{
  for (const std::size_t place : {0U, 512U, 1024U, 4096U}) {
    const auto file = file_of(old_block({.base = place, .end = place + 200}), 200, place);
    CHECK(hdf5_signature_place(file) == place);
    CHECK(read_hdf5_superblock(file, "'x.h5'").base == place);
  }
  for (const std::size_t place : {1U, 256U, 1536U})
    CHECK(!hdf5_signature_place(file_of(old_block({}), 200, place)));
  CHECK(!hdf5_signature_place({}));
  CHECK(is_refused("expected its own place as the base address, found 0", old_block({}), 200, 512));
}

TEST_CASE("a file that does not begin as HDF5 is refused", "[weights_tools]")
{
  CHECK(is_refused("expected the signature of HDF5, found none", fields{}.text("PK")));
  CHECK(is_refused("expected the signature of HDF5, found none", fields{}, 0));
}

TEST_CASE("a superblock is refused field by field", "[weights_tools]")
{
  CHECK(is_refused("expected version 0 to 3, found 4", new_block({.version = 4})));
  CHECK(is_refused("found 3 and 8", old_block({.offset_bytes = 3})));
  CHECK(is_refused("found 8 and 0", old_block({.length_bytes = 0})));
  CHECK(is_refused("found 16 and 8", new_block({.version = 2, .offset_bytes = 16})));
  CHECK(is_refused("h5repart", old_block({.driver = 100})));
  CHECK(is_refused("not closed by the program", new_block({.version = 3, .flags = 1})));
  CHECK(is_refused("the address of the root group", old_block({.root = undefined_address})));
  CHECK(is_refused("as the base address, found 8", old_block({.base = 8})));
  fields changed = new_block({.version = 2});
  changed.bytes[20] ^= std::byte{1};
  CHECK(is_refused("its checksum is not that of its bytes", changed));
}

TEST_CASE("a file shorter than its superblock says is refused with both sizes", "[weights_tools]")
{
  CHECK(is_refused("expected a file of 200 bytes, found 199", old_block({}), 199));
  CHECK(
    is_refused("expected a file of 18446744073709551614 bytes, found 200", old_block({.end = UINT64_MAX - 1})));
  CHECK(is_refused("expected a file of 10 bytes", old_block({.end = 10})));
  for (std::size_t bytes = 8; bytes < 48; ++bytes)
    CHECK(is_refused("superblock", new_block({.version = 2}), bytes));
}

TEST_CASE("what follows the end that the superblock gives is no part of the file", "[weights_tools]")
{
  CHECK(read_hdf5_superblock(file_of(old_block({}), 300), "'x.h5'").end == 200);
}
