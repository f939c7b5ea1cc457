// SPDX-License-Identifier: MIT

#include <thorax/model/storage.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

using thorax::storage;

TEST_CASE("each format has the name and width that safetensors gives it", "[model]")
{
  using row = std::pair<std::string_view, std::size_t>;
  for (const auto& [name, bytes] : {row{"F64", 8},
                                    {"F32", 4},
                                    {"F16", 2},
                                    {"BF16", 2},
                                    {"I64", 8},
                                    {"I32", 4},
                                    {"I16", 2},
                                    {"I8", 1},
                                    {"U64", 8},
                                    {"U32", 4},
                                    {"U16", 2},
                                    {"U8", 1},
                                    {"BOOL", 1}}) {
    const auto format = thorax::storage_named(name);
    REQUIRE(format.has_value());
    CHECK(thorax::name_of(*format) == name);
    CHECK(thorax::bytes_of(*format) == bytes);
    CHECK(thorax::holds_weights(*format) == (name == "F32" || name == "F16" || name == "BF16"));
  }
  for (const std::string_view name : {"", "f32", "F8_E4M3", "F32 ", "FLOAT"}) CHECK(!thorax::storage_named(name));
}

TEST_CASE("numbers that a format has come back exactly, at any alignment", "[model]")
{
  const std::vector<float> numbers{0.0F, -1.5F, 0.25F, 96.0F, -0.0F, 0x1p-14F};
  for (const storage format : {storage::f32, storage::f16, storage::bf16})
    for (std::size_t shift = 0; shift < 3; ++shift) {
      std::array<std::byte, 32> memory{};
      const auto packed = std::span{memory}.subspan(shift, numbers.size() * thorax::bytes_of(format));
      thorax::pack(numbers, format, packed);
      std::vector<float> found(numbers.size());
      thorax::unpack(format, packed, found);
      CHECK(found == numbers);
    }
}

TEST_CASE("other numbers become the nearest that the format has", "[model]")
{
  const std::array<float, 1> number{1.0F / 3};
  std::array<std::byte, 2> packed{};
  std::array<float, 1> found{};
  thorax::pack(number, storage::f16, packed);
  thorax::unpack(storage::f16, packed, found);
  CHECK(found[0] == 0.333251953125F);
  thorax::pack(number, storage::bf16, packed);
  thorax::unpack(storage::bf16, packed, found);
  CHECK(found[0] == 0.333984375F);
}

TEST_CASE("no numbers at all are no trouble", "[model]")
{
  for (const storage format : {storage::f32, storage::f16, storage::bf16}) {
    thorax::pack({}, format, {});
    thorax::unpack(format, {}, {});
  }
  CHECK(thorax::bytes_of(storage::f32) == sizeof(float));
}
