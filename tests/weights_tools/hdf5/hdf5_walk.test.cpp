// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_walk.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using thorax::error_code;
using thorax::tools::hdf5_object;
using thorax::tools::walk_hdf5;

namespace {

/// Paths, each group's with a slash at its end.
std::vector<std::string> paths_of(const std::vector<std::byte>& file)
{
  std::vector<std::string> paths;
  for (const hdf5_object& each : walk_hdf5(file, "'x.h5'"))
    paths.push_back(each.path + (each.is_group ? "/" : ""));
  return paths;
}

bool is_refused(const std::string& words, const std::vector<std::byte>& file)
{
  return refuses(error_code::format_refused, words, [&] { walk_hdf5(file, "'x.h5'"); });
}

/// The one dataset "d" of a file whose header has these messages and twelve bytes at address 96.
hdf5_object dataset_of(const std::vector<message_by_hand>& messages)
{
  hdf5_by_hand file;
  file.place(fields{}.zeros(16));
  const std::uint64_t dataset = file.place_object(messages);
  return walk_hdf5(file.finished({link_message("d", dataset)}), "'x.h5'").at(1);
}

bool is_dataset_refused(const std::string& words, const std::vector<message_by_hand>& messages)
{
  return refuses(error_code::format_refused, words, [&] { dataset_of(messages); });
}

}  // namespace

TEST_CASE("objects come depth first, members by their names", "[weights_tools]")
{
  hdf5_by_hand file;
  const std::uint64_t one = file.place_zeros(1);
  const std::uint64_t two = file.place_zeros(2);
  const std::uint64_t three = file.place_zeros(3);
  const std::uint64_t inner = file.place_object({link_message("y", two), link_message("x", one)});
  const std::uint64_t empty = file.place_object({group_message()});
  CHECK(paths_of(file.finished({link_message("z", three), link_message("g", inner), link_message("e", empty)})) ==
        std::vector<std::string>{"/", "e/", "g/", "g/x", "g/y", "z"});
}

TEST_CASE("an object that is linked twice is refused", "[weights_tools]")
{
  hdf5_by_hand twice;
  const std::uint64_t numbers = twice.place_zeros(1);
  CHECK(is_refused("'x.h5': 'b': an object header at byte 104: two parts of the file lie in the same place, or "
                   "one is linked twice",
                   twice.finished({link_message("a", numbers), link_message("b", numbers)})));
  hdf5_by_hand itself;
  CHECK(is_refused("linked twice", itself.finished({link_message("a", itself.next())})));
  hdf5_by_hand circle;
  const std::uint64_t inner = circle.next();
  circle.place_object({link_message("up", inner + 16 + 8 + 16)});
  CHECK(is_refused("linked twice", circle.finished({link_message("down", inner)})));
  // Groups of two links to the next one: 2^20 paths if nobody counted.
  hdf5_by_hand wide;
  std::uint64_t next = wide.place_zeros(1);
  for (int i = 0; i < 20; ++i) next = wide.place_object({link_message("a", next), link_message("b", next)});
  CHECK(is_refused("linked twice", wide.finished(next)));
}

TEST_CASE("groups are nested 32 deep and no deeper", "[weights_tools]")
{
  const auto nested = [](int depth) {
    hdf5_by_hand file;
    std::uint64_t next = file.place_object({group_message()});
    for (int i = 0; i < depth; ++i) next = file.place_object({link_message("g", next)});
    return file.finished(next);
  };
  CHECK(paths_of(nested(32)).size() == 33);
  CHECK(is_refused("expected groups within groups up to 32 deep, found more", nested(33)));
  CHECK(is_refused("expected groups within groups up to 32 deep, found more", nested(10'000)));
}

TEST_CASE("long paths of many objects are refused before they fill the memory", "[weights_tools]")
{
  hdf5_by_hand file;
  std::vector<message_by_hand> links;
  constexpr int members = 200;
  for (int i = 0; i < members; ++i)
    links.push_back(link_message("m" + std::to_string(i), file.place_object({group_message()})));
  const std::uint64_t inner = file.place_object(links);
  CHECK(
    is_refused("many times larger than the file", file.finished({link_message(std::string(60'000, 'x'), inner)})));
}

TEST_CASE("two datasets may not share their numbers", "[weights_tools]")
{
  hdf5_by_hand file;
  const std::uint64_t numbers = file.place(fields{}.zeros(16));
  const auto dataset = [&](std::uint64_t address) {
    return file.place_object({dataspace_message({3}), f32_message(), contiguous_message(address, 12)});
  };
  const std::uint64_t one = dataset(numbers);
  const std::uint64_t other = dataset(numbers + 4);
  CHECK(is_refused("'b': the numbers of a dataset at byte 100: two parts of the file lie in the same place",
                   file.finished({link_message("a", one), link_message("b", other)})));
  hdf5_by_hand header;
  const std::uint64_t own =
    header.place_object({dataspace_message({3}), f32_message(), contiguous_message(hdf5_by_hand::begin, 12)});
  CHECK(is_refused("lie in the same place", header.finished({link_message("a", own)})));
  hdf5_by_hand block;
  const std::uint64_t superblock =
    block.place_object({dataspace_message({3}), f32_message(), contiguous_message(0, 12)});
  CHECK(is_refused("lie in the same place", block.finished({link_message("a", superblock)})));
}

TEST_CASE("a dataset has a shape, a type and a place", "[weights_tools]")
{
  const auto space = dataspace_message({3});
  const auto type = f32_message();
  const auto place = contiguous_message(96, 12);
  const hdf5_object dataset = dataset_of({place, type, space});
  CHECK(!dataset.is_group);
  CHECK(dataset.refusal.empty());
  CHECK(dataset.shape == std::vector<std::size_t>{3});
  CHECK(dataset.bytes.size() == 12);
  CHECK(is_dataset_refused("expected a group or a dataset, found neither", {space, type}));
  CHECK(is_dataset_refused("expected a group or a dataset, found neither", {space, place}));
  CHECK(is_dataset_refused("expected a group or a dataset, found neither", {type, place}));
  CHECK(is_dataset_refused("expected a group or a dataset, found neither", {}));
  CHECK(is_dataset_refused("the object has two of its kind", {space, type, place, space}));
  CHECK(is_dataset_refused("the object has two of its kind", {space, type, place, type}));
  CHECK(is_dataset_refused("it is a group and a dataset at once", {space, type, place, group_message()}));
  CHECK(dataset_of({type}).refusal == "is a datatype, expected a dataset");
}

TEST_CASE("huge extents are refused, whatever hides them", "[weights_tools]")
{
  constexpr std::uint64_t half = 1ULL << 32;
  const auto type = f32_message();
  CHECK(is_dataset_refused("more elements than 64 bits can count",
                           {dataspace_message({half, half}), type, contiguous_message(96, 12)}));
  CHECK(is_dataset_refused("demand 4294967296 bytes, it says that it has 12",
                           {dataspace_message({1ULL << 30}), type, contiguous_message(96, 12)}));
  CHECK(is_dataset_refused("before the file's end",
                           {dataspace_message({1ULL << 30}), type, contiguous_message(96, 1ULL << 32)}));
  // Numbers that nobody wrote may be many; none is read.
  const message_by_hand chunked{0x08, fields{}.u8(3).u8(2).u8(2).u64(undefined_address).u32(1).u32(4)};
  const hdf5_object dataset = dataset_of({dataspace_message({half, half / 8}), type, chunked});
  CHECK(dataset.refusal.find("is stored in chunks") == 0);
  CHECK(dataset.bytes.empty());
}

TEST_CASE("what is compressed, shared or without elements is refused by its reason", "[weights_tools]")
{
  const auto space = dataspace_message({3});
  const auto place = contiguous_message(96, 12);
  CHECK(dataset_of({space, f32_message(), place, {0x0b, fields{}.u8(2).u8(1)}}).refusal.find("is compressed") ==
        0);
  message_by_hand shared_type{0x03, fields{}.u8(3).u8(2).u64(96), 2};
  CHECK(dataset_of({space, shared_type, place}).refusal.find("has a type with a name of its own") == 0);
  message_by_hand shared_space = space;
  shared_space.flags = 2;
  CHECK(is_dataset_refused("is shared with other objects", {shared_space, f32_message(), place}));
  const message_by_hand null{0x01, fields{}.u8(2).u8(0).u8(0).u8(2)};
  CHECK(
    dataset_of({null, f32_message(), contiguous_message(undefined_address, 0)}).refusal.find("has no elements") ==
    0);
}

TEST_CASE("a file that names files outside itself is refused", "[weights_tools]")
{
  CHECK(is_dataset_refused("'x.h5': 'd': its numbers are in other files, which are not opened",
                           {dataspace_message({3}),
                            f32_message(),
                            contiguous_message(undefined_address, 12),
                            {0x07, fields{}.u8(1).zeros(3).u16(1).u16(1).u64(96)}}));
  const message_by_hand external{
    0x06, fields{}.u8(1).u8(8).u8(64).u8(1).text("e").u16(12).u8(0).text("o.h5").u8(0).text("/data").u8(0)};
  hdf5_by_hand file;
  CHECK(is_refused("the link 'e' is a path into another file (an external link)", file.finished({external})));
}

TEST_CASE("nothing that is looked at may be shared, as a table or an external file could be", "[weights_tools]")
{
  for (const std::uint32_t kind : {0x01U, 0x02U, 0x06U, 0x07U, 0x08U, 0x0bU, 0x0cU, 0x11U, 0x15U}) {
    hdf5_by_hand file;
    CHECK(is_refused("is shared with other objects",
                     file.finished({group_message(), {kind, fields{}.u8(3).u8(2).u64(96), 2}})));
  }
}

TEST_CASE("what the superblock says of other files and of caches is refused", "[weights_tools]")
{
  // Version 2: 48 bytes, then its own object header, then the root group.
  const auto file_with = [](std::uint32_t kind) {
    const fields extension = new_header({{kind, fields{}.zeros(16)}});
    const fields root = new_header({group_message()});
    const std::uint64_t after = 48 + extension.bytes.size();
    fields file;
    file.text("\x89HDF\r\n\x1a\n")
      .u8(2)
      .u8(8)
      .u8(8)
      .u8(0)
      .u64(0)
      .u64(48)
      .u64(after + root.bytes.size())
      .u64(after);
    return file.checksum().add(extension).add(root).bytes;
  };
  CHECK(paths_of(file_with(0x13)) == std::vector<std::string>{"/"});
  CHECK(is_refused("split over several", file_with(0x14)));
  CHECK(is_refused("only in a cache", file_with(0x18)));
}

TEST_CASE("the root must be a group", "[weights_tools]")
{
  hdf5_by_hand file;
  const std::uint64_t dataset = file.place_zeros(1);
  CHECK(is_refused("expected the root to be a group", file.finished(dataset)));
  CHECK(is_refused("linked twice", hdf5_by_hand{}.finished(0)));
  CHECK(is_refused("before the file's end", hdf5_by_hand{}.finished(96)));
  CHECK(is_refused("before the file's end", hdf5_by_hand{}.finished(UINT64_MAX - 1)));
}
