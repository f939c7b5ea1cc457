// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_dataset.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>

using thorax::error_code;
using thorax::tools::find_elements;
using thorax::tools::hdf5_dataspace;
using thorax::tools::hdf5_datatype;
using thorax::tools::hdf5_elements;

namespace {

/// A file of 100 bytes 0, 1, 2…, and three elements of four bytes.
hdf5_elements elements_of(const fields& layout, const hdf5_dataspace& extents = {false, {3}, 3})
{
  static const fields bytes = [] {
    fields file;
    for (std::uint64_t i = 0; i < 100; ++i) file.u8(i);
    return file;
  }();
  thorax::tools::hdf5_space space{{"'x.h5'", {}, 8, 8}, bytes.bytes, 0};
  hdf5_datatype type;
  type.bytes = 4;
  return find_elements(space, {space.context(), "a layout", layout.bytes, 0}, type, extents);
}

fields contiguous(std::uint64_t address, std::uint64_t bytes, std::uint64_t version = 3)
{
  return fields{}.u8(version).u8(1).u64(address).u64(bytes);
}

bool is_refused(const std::string& words, const fields& layout, const hdf5_dataspace& extents = {false, {3}, 3})
{
  return refuses(error_code::format_refused, words, [&] { elements_of(layout, extents); });
}

}  // namespace

TEST_CASE("elements in one piece are found, in the file or in the header", "[weights_tools]")
{
  for (const std::uint64_t version : {3U, 4U, 5U}) {
    const hdf5_elements found = elements_of(contiguous(88, 12, version));
    CHECK(found.refusal.empty());
    REQUIRE(found.bytes.size() == 12);
    CHECK(found.bytes[0] == std::byte{88});
  }
  const fields compact = fields{}.u8(3).u8(0).u16(12).text("abcdefghijkl");
  const hdf5_elements found = elements_of(compact);
  REQUIRE(found.bytes.size() == 12);
  CHECK(found.bytes[11] == std::byte{'l'});
}

TEST_CASE("a dataset without elements needs no place", "[weights_tools]")
{
  const hdf5_dataspace none{false, {3, 0}, 0};
  CHECK(elements_of(contiguous(undefined_address, 0), none).refusal.empty());
  CHECK(elements_of(contiguous(50, 0), none).bytes.empty());
  CHECK(elements_of(fields{}.u8(3).u8(0).u16(0), none).refusal.empty());
}

TEST_CASE("what is not in one piece is refused with its cure", "[weights_tools]")
{
  const std::string cure = "; rewrite the file with: h5repack -l CONTI -f NONE in.h5 out.h5";
  CHECK(elements_of(fields{}.u8(3).u8(2)).refusal == "is stored in chunks" + cure);
  CHECK(elements_of(fields{}.u8(4).u8(2)).refusal == "is stored in chunks" + cure);
  CHECK(elements_of(fields{}.u8(4).u8(3)).refusal.find("virtual dataset") != std::string::npos);
  CHECK(elements_of(fields{}.u8(1)).refusal == "is laid out as before 2004" + cure);
  CHECK(elements_of(contiguous(undefined_address, 12)).refusal ==
        "has no numbers, they were never written; save the model again");
}

TEST_CASE("elements that are not as many as the file says are refused", "[weights_tools]")
{
  CHECK(is_refused("its type and extents demand 12 bytes, it says that it has 11", contiguous(50, 11)));
  CHECK(is_refused("its type and extents demand 12 bytes, it says that it has 13", contiguous(50, 13)));
  CHECK(is_refused("it says that it has 18446744073709551615", contiguous(50, UINT64_MAX)));
  CHECK(is_refused("it says that it has 8", fields{}.u8(3).u8(0).u16(8).zeros(12)));
  CHECK(is_refused("expected 12 bytes", fields{}.u8(3).u8(0).u16(12).zeros(11)));
  constexpr std::uint64_t many = 1ULL << 62;
  CHECK(is_refused("more bytes than 64 bits can count", contiguous(50, 0), {false, {many}, many}));
  CHECK(is_refused("expected 18446744073709551612 bytes at address 50", contiguous(50, 4 * (many - 1)),
                   {false, {many - 1}, many - 1}));
  CHECK(is_refused("expected 12 bytes at address 89 before the file's end at 100", contiguous(89, 12)));
  CHECK(is_refused("before the file's end", contiguous(UINT64_MAX - 3, 12)));
  CHECK(is_refused("expected version 1 to 5, found 6", contiguous(50, 12, 6)));
  CHECK(is_refused("expected storage of kind 0 to 3, found 4", fields{}.u8(3).u8(4).zeros(16)));
}

TEST_CASE("only floating-point numbers are read", "[weights_tools]")
{
  hdf5_datatype type;
  type.words = "whole numbers";
  CHECK(refusal_of(type) == "holds whole numbers; expected floating-point numbers of 16, 32 or 64 bits");
  type.format = thorax::storage::f16;
  CHECK(refusal_of(type).empty());
}
