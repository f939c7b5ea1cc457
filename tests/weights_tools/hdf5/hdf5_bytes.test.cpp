// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_bytes.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>

using thorax::error_code;
using thorax::tools::hdf5_context;
using thorax::tools::hdf5_cursor;

TEST_CASE("fields are read from the lowest byte on", "[weights_tools]")
{
  const fields bytes = fields{}.u8(0x81).u16(0x8182).u32(0x81828384).u64(0x8182838485868788).number(0x818283, 3);
  const hdf5_context context{"'x.h5'", {}, 8, 8};
  hdf5_cursor cursor{context, "a piece", bytes.bytes, 100};
  CHECK(cursor.u8() == 0x81);
  CHECK(cursor.u16() == 0x8182);
  CHECK(cursor.u32() == 0x81828384);
  CHECK(cursor.length() == 0x8182838485868788);
  CHECK(cursor.number(3) == 0x818283);
  CHECK(cursor.left() == 0);
}

TEST_CASE("nothing is read past the end of a piece", "[weights_tools]")
{
  const fields bytes = fields{}.u32(7);
  const hdf5_context context{"'x.h5'", "layers/a", 8, 8};
  for (const std::uint64_t count : {std::uint64_t{3}, std::uint64_t{1} << 63, UINT64_MAX}) {
    hdf5_cursor cursor{context, "a piece", bytes.bytes, 100};
    cursor.skip(2);
    CHECK(refuses(error_code::format_refused,
                  "'x.h5': 'layers/a': a piece at byte 100: expected " + std::to_string(count) +
                    " bytes from its byte 2 on, found 2; was the file cut short or changed?",
                  [&] { cursor.take(count); }));
    CHECK(refuses(error_code::format_refused, "found 2", [&] { cursor.number(8); }));
  }
}

TEST_CASE("an address of nothing but ones is none, whatever its width", "[weights_tools]")
{
  for (const std::size_t width : {2U, 4U, 8U}) {
    const hdf5_context context{"'x.h5'", {}, width, 8};
    const fields bytes =
      fields{}.number(UINT64_MAX, static_cast<int>(width)).number(0x1234, static_cast<int>(width));
    hdf5_cursor cursor{context, "a piece", bytes.bytes, 0};
    CHECK(!cursor.address());
    CHECK(cursor.address() == 0x1234U);
    hdf5_cursor again{context, "a piece", bytes.bytes, 0};
    CHECK(refuses(error_code::format_refused, "expected the address of a tree, found that there is none",
                  [&] { again.defined_address("a tree"); }));
  }
}

TEST_CASE("a piece of a piece knows where it lies in the file", "[weights_tools]")
{
  const fields bytes = fields{}.u32(0).text("HEAP").u8(3);
  const hdf5_context context{"'x.h5'", {}, 8, 8};
  hdf5_cursor whole{context, "a block", bytes.bytes, 100};
  whole.skip(4);
  hdf5_cursor part = whole.piece(5, "a part");
  part.expect_signature("HEAP");
  CHECK(refuses(error_code::format_refused, "a part at byte 104: expected version 1, found 3",
                [&] { part.expect_version(1); }));
  hdf5_cursor once_more{context, "a block", bytes.bytes, 100};
  CHECK(refuses(error_code::format_refused, "expected the signature 'HEAP', found '\\u0000\\u0000\\u0000\\u0000'",
                [&] { once_more.expect_signature("HEAP"); }));
}

TEST_CASE("a product beyond 64 bits is no product", "[weights_tools]")
{
  using thorax::tools::checked_product;
  CHECK(checked_product(0, UINT64_MAX) == 0U);
  CHECK(checked_product(UINT64_MAX, 0) == 0U);
  CHECK(checked_product(UINT64_MAX, 1) == UINT64_MAX);
  CHECK(checked_product(1ULL << 32, 1ULL << 31) == 1ULL << 63);
  CHECK(!checked_product(1ULL << 32, 1ULL << 32));
  CHECK(!checked_product(UINT64_MAX, 2));
}
