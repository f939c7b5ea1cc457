// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_space.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "weights_tools/hdf5/hdf5_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

using thorax::error_code;

TEST_CASE("every byte is given out once", "[weights_tools]")
{
  const auto claims = [](std::uint64_t begin, std::uint64_t end) {
    space_by_hand file{fields{}.zeros(100)};
    file.space.claim(20, 10, "a heap");
    file.space.claim(40, 10, "a node");
    file.space.claim(30, 5, "a leaf");
    file.space.claim(begin, end - begin, "a block");
  };
  for (const auto& [begin, end] : {std::pair{0, 20}, {35, 40}, {50, 100}, {36, 39}, {20, 20}, {100, 100}})
    CHECK_NOTHROW(claims(static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)));
  for (const auto& [begin, end] :
       {std::pair{20, 30}, {0, 21}, {29, 31}, {34, 36}, {39, 41}, {45, 46}, {49, 60}, {0, 100}})
    CHECK(refuses(error_code::format_refused,
                  "two parts of the file lie in the same place, or one is linked twice",
                  [&] { claims(static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)); }));
}

TEST_CASE("what lies outside of the file is refused, also when its end wraps around", "[weights_tools]")
{
  space_by_hand file{fields{}.zeros(100)};
  for (const auto& [address, size] : {std::pair{std::uint64_t{100}, std::uint64_t{1}},
                                      {99, 2},
                                      {101, 0},
                                      {0, UINT64_MAX},
                                      {1, UINT64_MAX},
                                      {UINT64_MAX, 1},
                                      {UINT64_MAX - 7, 8},
                                      {UINT64_MAX - 7, UINT64_MAX},
                                      {std::uint64_t{1} << 63, 4}})
    CHECK(refuses(error_code::format_refused, "before the file's end at 100",
                  [&, at = address, count = size] { file.space.claim(at, count, "a node"); }));
}

TEST_CASE("sentences give the place in the file, behind a user block too", "[weights_tools]")
{
  const fields bytes = fields{}.zeros(100);
  thorax::tools::hdf5_space space{{"'x.h5'", {}, 8, 8}, bytes.bytes, 512};
  CHECK(space.place_of(20) == 532);
  CHECK(refuses(error_code::format_refused, "'x.h5': a node at byte 532: expected 81 bytes at address 20",
                [&] { space.claim(20, 81, "a node"); }));
  space.enter("layers/a");
  CHECK(refuses(error_code::format_refused, "'x.h5': 'layers/a': a node", [&] { space.claim(20, 81, "a node"); }));
}

TEST_CASE("a wrong checksum is refused", "[weights_tools]")
{
  space_by_hand file{fields{}.text("some bytes").checksum()};
  const std::uint32_t sum = thorax::tools::hdf5_checksum(file.space.claimed(0, 10));
  CHECK_NOTHROW(file.space.expect_checksum(0, 10, sum, "a node"));
  CHECK(refuses(error_code::format_refused, "a node at byte 0: its checksum is not that of its bytes",
                [&] { file.space.expect_checksum(0, 9, sum, "a node"); }));
}

TEST_CASE("texts may be some times as large as the file, and no more", "[weights_tools]")
{
  constexpr std::size_t budget = (std::size_t{4} << 20) + 8 * 100;
  space_by_hand file{fields{}.zeros(100)};
  file.space.charge(budget - 1);
  file.space.charge(1);
  file.space.charge(0);
  CHECK(refuses(error_code::format_refused, "many times larger than the file", [&] { file.space.charge(1); }));
  CHECK(refuses(error_code::format_refused, "many times larger", [&] { file.space.charge(SIZE_MAX); }));
}
