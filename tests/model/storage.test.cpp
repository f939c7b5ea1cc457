// SPDX-License-Identifier: MIT

#include <thorax/model/storage.hpp>

#include "support/catch.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
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

TEST_CASE("64 bits become the nearest float, and infinity beyond the largest", "[model]")
{
  constexpr double halfway = 0x1.ffffffp127;  // between the largest float and 2^128
  constexpr float largest = std::numeric_limits<float>::max();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr double smallest = std::numeric_limits<float>::denorm_min();
  using row = std::pair<double, float>;
  for (const auto& [wide, expected] : {row{1.0 / 3, 0x1.555556p-2F},
                                       row{0x1.000001p0, 1.0F},               // a tie goes to the even one
                                       row{0x1.000003p0, 0x1.000004p0F},
                                       row{largest, largest},
                                       row{std::nextafter(halfway, 0), largest},
                                       row{halfway, infinity},
                                       row{1e39, infinity},
                                       row{std::numeric_limits<double>::max(), infinity},
                                       row{std::numeric_limits<double>::infinity(), infinity},
                                       row{smallest, static_cast<float>(smallest)},
                                       row{smallest / 2, 0.0F},
                                       row{1e-300, 0.0F}}) {
    CAPTURE(wide);
    CHECK(thorax::float_of(wide) == expected);
    CHECK(thorax::float_of(-wide) == -expected);
  }
  CHECK(std::bit_cast<std::uint32_t>(thorax::float_of(-0.0)) == 0x8000'0000U);
  CHECK(std::isnan(thorax::float_of(std::numeric_limits<double>::quiet_NaN())));
  static_assert(thorax::float_of(halfway) == infinity);
}

TEST_CASE("numbers of 64 bits are unpacked at any alignment", "[model]")
{
  const std::vector<double> wide{0.1, -1e300, 96};
  for (std::size_t shift = 0; shift < 3; ++shift) {
    std::array<std::byte, 32> memory{};
    const auto packed = std::span{memory}.subspan(shift, 24);
    std::memcpy(packed.data(), wide.data(), 24);
    std::vector<float> found(3);
    thorax::unpack(storage::f64, packed, found);
    CHECK(found == std::vector<float>{0.1F, -std::numeric_limits<float>::infinity(), 96});
  }
}

TEST_CASE("no numbers at all are no trouble", "[model]")
{
  for (const storage format : {storage::f32, storage::f16, storage::bf16}) {
    thorax::pack({}, format, {});
    thorax::unpack(format, {}, {});
  }
  thorax::unpack(storage::f64, {}, {});
  CHECK(thorax::bytes_of(storage::f32) == sizeof(float));
}
