// SPDX-License-Identifier: MIT

#include "torch/torch_storage.hpp"

#include "support/catch.hpp"
#include "support/pickle_by_hand.hpp"
#include "support/refuses.hpp"
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

TEST_CASE("every storage class is read as its numbers", "[weights_tools]")
{
  const auto only = [](const std::string& name, const std::string& bytes, std::int64_t count) {
    const auto read = tensors_of(dictionary({{"t", row(stored("0", count, name), count)}}), {bytes});
    REQUIRE(read.size() == 1);
    REQUIRE(read[0].shape == sizes{static_cast<std::size_t>(count)});
    return read[0];
  };
  CHECK(only("FloatStorage", packed(floats{1.5F, -2}), 2).numbers == floats{1.5F, -2});
  CHECK(only("HalfStorage", packed(std::vector<std::uint16_t>{0x3e00, 0xc000}), 2).numbers == floats{1.5F, -2});
  CHECK(only("BFloat16Storage", packed(std::vector<std::uint16_t>{0x3fc0, 0xc000}), 2).numbers ==
        floats{1.5F, -2});
  const foreign_tensor wide = only("DoubleStorage", packed(std::vector<double>{1.5, 0.1, 1e300}), 3);
  CHECK(wide.format == storage::f64);
  CHECK(wide.numbers == floats{1.5F, 0.1F, std::numeric_limits<float>::infinity()});
  const std::vector<std::pair<std::string, storage>> others{
    {"LongStorage", storage::i64}, {"IntStorage", storage::i32}, {"ShortStorage", storage::i16},
    {"CharStorage", storage::i8},  {"ByteStorage", storage::u8}, {"BoolStorage", storage::boolean}};
  for (const auto& [name, format] : others) {
    const foreign_tensor read = only(name, std::string(3 * thorax::bytes_of(format), '\1'), 3);
    CHECK(read.format == format);
    CHECK(read.numbers.empty());
  }
}

TEST_CASE("a storage must be declared as it is in the file", "[weights_tools]")
{
  const auto refused = [](const std::string& words, const std::string& numbers) {
    return is_torch_refused(words, dictionary({{"t", tensor(numbers, 0, {1}, {1})}}), {numbered_floats(4)});
  };
  CHECK(refused("storage '0': expected 12 bytes, found 16", stored("0", 3)));
  CHECK(refused("storage '0': expected 20 bytes, found 16", stored("0", 5)));  // CVE-2026-24747
  CHECK(refused("storage '0': expected 8 bytes, found 16", stored("0", 4, "HalfStorage")));
  CHECK(refused("storage '0' declares -1 numbers", stored("0", -1)));
  CHECK(refused("storage '0' declares 9223372036854775807 numbers", stored("0", INT64_MAX)));
  CHECK(refused("storage '0' declares 4611686018427387904 numbers", stored("0", 1LL << 62)));
  CHECK(refused("storage '1' is used, but not in the file", stored("1", 4)));
  CHECK(refused("storage '../version' is used, but not", stored("../version", 4)));
  CHECK(refused("has too long a key", stored(std::string(65, '0'), 4)));
  CHECK(is_torch_refused("storage '0' is declared twice, and differently",
                         list({stored("0", 4), stored("0", 8, "HalfStorage")}), {numbered_floats(4)}));
  const std::string number = global("torch", "FloatStorage");
  for (const std::vector<std::string>& name : std::vector<std::vector<std::string>>{
         {},
         {text("storage"), number, text("0"), text("cpu")},
         {text("module"), number, text("0"), text("cpu"), integer(4)},
         {number, number, text("0"), text("cpu"), integer(4)},
         {text("storage"), number, integer(0), text("cpu"), integer(4)},
         {text("storage"), number, text("0"), "N", integer(4)},
         {text("storage"), number, text("0"), text("cpu"), text("4")},
         {text("storage"), number, text("0"), text("cpu"), integer(4), tuple({text("1"), integer(0), integer(4)})},
         {text("storage"), number, text("0"), text("cpu"), integer(4), "N", "N"}})
    CHECK(refused("expected a storage with class, key, place and count", tuple(name) + "Q"));
  for (const std::string& other : {text("FloatStorage"), std::string{"N"}, global("collections", "OrderedDict"),
                                   global("torch._utils", "_rebuild_tensor")})
    CHECK(refused("has no class of PyTorch's",
                  tuple({text("storage"), other, text("0"), text("cpu"), integer(4)}) + "Q"));
}
