// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_heap.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using thorax::error_code;
using thorax::tools::hdf5_global_heaps;
using thorax::tools::hdf5_local_heap;

namespace {

fields local_heap(std::string_view names, std::uint64_t bytes, std::uint64_t address = 32)
{
  return fields{}.text("HEAP").u32(0).u64(bytes).u64(1).u64(address).text(names);
}

fields heap_object(std::uint64_t number, std::string_view text, std::uint64_t bytes)
{
  return fields{}.u16(number).u16(1).u32(0).u64(bytes).text(text).padded(8);
}

fields global_heap(const fields& objects, std::uint64_t bytes)
{
  return fields{}.text("GCOL").u32(1).u64(bytes).add(objects);
}

bool is_refused(const std::string& words, const fields& bytes, std::uint32_t number = 1, std::uint64_t address = 0)
{
  return refuses(error_code::format_refused, words, [&] {
    space_by_hand file{bytes};
    hdf5_global_heaps{file.space}.object(address, number);
  });
}

}  // namespace

TEST_CASE("a local heap gives names by their places", "[weights_tools]")
{
  space_by_hand file{local_heap(std::string_view{"\0\0a\0layer\0b", 11}, 11)};
  const hdf5_local_heap heap{file.space, 0};
  CHECK(heap.name(0).empty());
  CHECK(heap.name(2) == "a");
  CHECK(heap.name(4) == "layer");
  CHECK(heap.name(6) == "yer");
  CHECK(refuses(error_code::format_refused, "the name at 10 has no end", [&] { return heap.name(10); }));
  CHECK(
    refuses(error_code::format_refused, "expected a name at 11, found 11 bytes", [&] { return heap.name(11); }));
  CHECK(refuses(error_code::format_refused, "expected a name at 18446744073709551615",
                [&] { return heap.name(UINT64_MAX); }));
}

TEST_CASE("a local heap lies in the file", "[weights_tools]")
{
  const auto is_local_refused = [](const std::string& words, const fields& bytes) {
    return refuses(error_code::format_refused, words, [&] {
      space_by_hand file{bytes};
      const hdf5_local_heap heap{file.space, 0};
    });
  };
  CHECK(is_local_refused("the names of a local heap at byte 32: expected 12 bytes", local_heap("abc", 12)));
  CHECK(is_local_refused("expected 18446744073709551615 bytes", local_heap("abc", UINT64_MAX)));
  CHECK(is_local_refused("lie in the same place", local_heap("abc", 8, 24)));
  CHECK(is_local_refused("found that there is none", local_heap("abc", 3, undefined_address)));
  CHECK(is_local_refused("expected the signature 'HEAP', found 'GCOL'", global_heap(fields{}.zeros(32), 32)));
}

TEST_CASE("a global heap gives objects by their numbers", "[weights_tools]")
{
  const fields objects = heap_object(7, "seven", 5).add(heap_object(2, "two", 3)).add(heap_object(0, "", 99));
  space_by_hand file{global_heap(objects, 16 + objects.bytes.size())};
  hdf5_global_heaps heaps{file.space};
  for (int i = 0; i < 2; ++i) {
    CHECK(thorax::tools::text_of(heaps.object(0, 2)) == "two");
    CHECK(thorax::tools::text_of(heaps.object(0, 7)) == "seven");
  }
  for (const std::uint32_t number : {0U, 1U, 3U, 8U, 0x10007U})
    CHECK(refuses(error_code::format_refused, "expected an object of number " + std::to_string(number),
                  [&] { heaps.object(0, number); }));
}

TEST_CASE("a global heap is refused field by field", "[weights_tools]")
{
  const fields one = heap_object(1, "one", 3);
  CHECK(is_refused("before the file's end", global_heap(one, 1000)));
  CHECK(is_refused("before the file's end", global_heap(one, UINT64_MAX)));
  CHECK(is_refused("its size is only 15 bytes", global_heap(one, 15)));
  CHECK(is_refused("expected 9 bytes", global_heap(heap_object(1, "one", 9), 40)));
  CHECK(is_refused("expected 18446744073709551609 bytes", global_heap(heap_object(1, "one", UINT64_MAX - 6), 40)));
  CHECK(is_refused("it has object 1 twice", global_heap(fields{one}.add(one), 64)));
  CHECK(is_refused("expected version 1, found 2", fields{}.text("GCOL").u32(2).u64(16)));
  CHECK(is_refused("before the file's end", global_heap(one, 40), 1, UINT64_MAX - 8));
}

TEST_CASE("a collection that lies across another is refused", "[weights_tools]")
{
  const fields inner = global_heap(heap_object(1, "inner", 5), 40);
  const fields outer = global_heap(fields{}.u16(1).u16(1).u32(0).u64(40).add(inner), 72);
  space_by_hand file{outer};
  hdf5_global_heaps heaps{file.space};
  CHECK(heaps.object(0, 1).size() == 40);
  CHECK(refuses(error_code::format_refused, "lie in the same place", [&] { heaps.object(32, 1); }));
}
