// SPDX-License-Identifier: MIT

#include "torch/torch_file.hpp"

#include <thorax/base/file.hpp>

#include "support/catch.hpp"
#include "support/pickle_by_hand.hpp"
#include "support/refuses.hpp"
#include "weights_tools/damaged.hpp"
#include "weights_tools/torch/torch_cases.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using namespace thorax::tests::pickled;
using thorax::error_code;
using thorax::storage;
using thorax::tools::foreign_tensor;

namespace {

std::vector<thorax::tools::foreign_tensor> read_legacy(std::span<const std::byte> bytes)
{
  return thorax::tools::read_legacy_torch(bytes, "'x'");
}

bool is_legacy_refused(const std::string& words, const std::string& file)
{
  return refuses(error_code::format_refused, words, [&] { read_legacy(bytes_in(file)); });
}

const std::string& small_zip()
{
  static const std::string file =
    torch_zip(dictionary({{"a", tensor(stored("0", 6), 0, {2, 3}, {3, 1})}, {"b", row(stored("1", 2), 2)}}),
              {numbered_floats(6), numbered_floats(2)});
  return file;
}

const std::string& small_legacy()
{
  static const std::string file =
    legacy_torch(dictionary({{"a", tensor(stored_before("94", 6), 0, {2, 3}, {3, 1})},
                             {"b", row(stored_before("95", 2, "LongStorage"), 2)}}),
                 {{"94", 6, numbered_floats(6)}, {"95", 2, std::string(16, '\1')}});
  return file;
}

}  // namespace

TEST_CASE("both forms give names, shapes and numbers in their order", "[weights_tools]")
{
  const auto fresh = read_zip(bytes_in(small_zip()));
  REQUIRE(fresh.size() == 2);
  CHECK(fresh[0].name == "a");
  CHECK(fresh[0].format == storage::f32);
  CHECK(fresh[0].shape == sizes{2, 3});
  CHECK(fresh[0].numbers == floats{0, 1, 2, 3, 4, 5});
  CHECK(fresh[1].numbers == floats{0, 1});
  const auto old = read_legacy(bytes_in(small_legacy()));
  REQUIRE(old.size() == 2);
  CHECK(old[0].shape == sizes{2, 3});
  CHECK(old[0].numbers == floats{0, 1, 2, 3, 4, 5});
  CHECK(old[1].name == "b");
  CHECK(old[1].format == storage::i64);
  CHECK(old[1].numbers.empty());
}

TEST_CASE("the forms are told apart by their content", "[weights_tools]")
{
  using thorax::tools::is_legacy_torch;
  using thorax::tools::is_torch_zip;
  using thorax::tools::zip_archive;
  const auto is_torch = [](const std::string& file) { return is_torch_zip(zip_archive{bytes_in(file), "'x'"}); };
  CHECK(is_torch(small_zip()));
  CHECK_FALSE(is_torch(make_zip({{"config.json", "{}"}, {"data.pkl", "x"}, {"a/b/data.pkl", "x"}}).bytes));
  CHECK(is_legacy_torch(bytes_in(small_legacy())));
  CHECK_FALSE(is_legacy_torch(bytes_in(small_zip())));
  CHECK_FALSE(is_legacy_torch(bytes_in(whole("N"))));
  const std::string head = legacy_head();
  CHECK(is_legacy_torch(bytes_in("\x80\x04\x95" + std::string(8, '\0') + head.substr(2))));  // protocol 4
  for (std::size_t size = 0; size < 14; ++size) CHECK_FALSE(is_legacy_torch(bytes_in(head.substr(0, size))));
}

TEST_CASE("a zip file of torch has what it needs and nothing that changes its meaning", "[weights_tools]")
{
  const std::string opcodes = dictionary({{"t", row(stored("0", 4), 4)}});
  CHECK(refuses(error_code::format_refused, "expected the byte order 'little', found 'big'",
                [&] { read_zip(bytes_in(torch_zip(opcodes, {numbered_floats(4)}, "big"))); }));
  CHECK(refuses(error_code::format_refused, "is a TorchScript program", [&] {
    read_zip(bytes_in(make_zip({{"a/data.pkl", whole("}")}, {"a/constants.pkl", "x"}}).bytes));
  }));
  CHECK(refuses(error_code::format_refused, "goes on behind its pickle", [&] {
    read_zip(bytes_in(make_zip({{"a/data.pkl", whole("}") + "x"}}).bytes));
  }));
  CHECK(refuses(error_code::format_refused, "has no data.pkl", [&] {
    read_zip(bytes_in(make_zip({{"a/b/data.pkl", whole("}")}}).bytes));
  }));
  CHECK(read_zip(bytes_in(make_zip({{"a/data.pkl", whole("}")}}).bytes)).empty());  // as PyTorch 1.6 wrote it
}

TEST_CASE("a legacy file's head is read strictly", "[weights_tools]")
{
  CHECK(read_legacy(bytes_in(legacy_torch("}", {}))).empty());
  CHECK(is_legacy_refused("is no file of torch.save", whole("N")));
  CHECK(is_legacy_refused("expected protocol 1001", legacy_torch("}", {}, legacy_head(integer(1000)))));
  CHECK(is_legacy_refused("expected protocol 1001", legacy_torch("}", {}, legacy_head("N"))));
  for (const std::string value : {"\x89", "N"})
    CHECK(is_legacy_refused("lowest byte first", legacy_torch("}", {}, legacy_head(integer(1001), value))));
}

TEST_CASE("a legacy file's storages are those of its tensors", "[weights_tools]")
{
  const std::string opcodes = dictionary({{"t", row(stored_before("7", 2), 2)}});
  const std::string two = numbered_floats(2);
  CHECK(read_legacy(bytes_in(legacy_torch(opcodes, {{"7", 2, two}}))).size() == 1);
  CHECK(is_legacy_refused("storage '7' is used, but not in the file", legacy_torch(opcodes, {})));
  CHECK(is_legacy_refused("its list of storages has '8'", legacy_torch(opcodes, {{"7", 2, two}, {"8", 2, two}})));
  CHECK(is_legacy_refused("its list of storages has '7'", legacy_torch(opcodes, {{"7", 2, two}, {"7", 2, two}})));
  for (const std::int64_t count :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{3}, std::int64_t{-2}, INT64_MAX, INT64_MIN})
    CHECK(is_legacy_refused("storage '7': expected 2 numbers, found " + std::to_string(count),
                            legacy_torch(opcodes, {{"7", count, two}})));
  CHECK(
    is_legacy_refused("expected 8 bytes, only 4 follow", legacy_torch(opcodes, {{"7", 2, numbered_floats(1)}})));
  CHECK(
    is_legacy_refused("4 bytes follow the last storage", legacy_torch(opcodes, {{"7", 2, numbered_floats(3)}})));
  const std::string huge = dictionary({{"t", row(stored_before("7", 1LL << 60), 2)}});
  CHECK(is_legacy_refused("expected 4611686018427387904 bytes, only 8 follow",
                          legacy_torch(huge, {{"7", 1LL << 60, two}})));
  CHECK(is_legacy_refused("the file ends before it",
                          legacy_head() + whole(opcodes) + whole(list({text("7")})) + "1234567"));
  CHECK(is_legacy_refused("expected a list of storages", legacy_head() + whole(opcodes) + whole(")")));
}

TEST_CASE("one network saved by PyTorch in several forms gives the same tensors", "[weights_tools]")
{
  const auto read = [](const std::string& name) {
    const thorax::mapped_file file{"tests/data/files/weights/" + name};
    const bool is_zip = thorax::tools::zip_archive::looks_like(file.bytes());
    return is_zip ? read_zip(file.bytes()) : read_legacy(file.bytes());
  };
  const auto whole_network = read("torchvision.pth");
  REQUIRE(whole_network.size() == 43);
  for (const auto& [name, prefix] : {std::pair<std::string, std::string>{"torchvision_legacy.pth", ""},
                                     {"checkpoint_channels_last.pth", "model."},
                                     {"checkpoint_parallel.pth", "state_dict.module."}}) {
    INFO(name);
    const auto other = read(name);
    REQUIRE(other.size() == whole_network.size());
    for (std::size_t i = 0; i < other.size(); ++i) {
      CHECK(other[i].name == prefix + whole_network[i].name);
      CHECK(other[i].format == whole_network[i].format);
      CHECK(other[i].shape == whole_network[i].shape);
      CHECK(other[i].numbers == whole_network[i].numbers);
    }
  }
}

TEST_CASE("no beginning of a file of torch is accepted", "[weights_tools]")
{
  CHECK(accepted_beginnings(small_zip(), read_zip) == 0);
  CHECK(accepted_beginnings(small_legacy(), read_legacy) == 0);
}

TEST_CASE("no flipped bit changes a zip file's tensors, and none harms", "[weights_tools]")
{
  const auto same = [](std::span<const std::byte> bytes) {
    const auto read = read_zip(bytes);
    REQUIRE(read.size() == 2);
    REQUIRE(read[0].name == "a");
    REQUIRE(read[0].numbers == floats{0, 1, 2, 3, 4, 5});
    REQUIRE(read[1].numbers == floats{0, 1});
  };
  CHECK(accepted_flips(small_zip(), same) > 0);
  // The old form has no checksum: a changed number is a number.
  CHECK(accepted_flips(small_legacy(), read_legacy) > 0);
  accepted_changes(small_legacy(), 1, 5'000, read_legacy);
  // And a damaged pickle in an archive whose checksums are right.
  const std::string opcodes = dictionary({{"a", tensor(stored("0", 6), 0, {2, 3}, {3, 1})}});
  const auto wrapped = [](std::span<const std::byte> part) {
    const std::string inner{reinterpret_cast<const char*>(part.data()), part.size()};
    read_zip(bytes_in(make_zip({{"a/data.pkl", inner}, {"a/data/0", numbered_floats(6)}}).bytes));
  };
  CHECK(accepted_flips(whole(opcodes), wrapped) > 0);
  accepted_changes(whole(opcodes), 2, 5'000, wrapped);
}
