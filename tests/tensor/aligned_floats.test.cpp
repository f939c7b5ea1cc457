// SPDX-License-Identifier: MIT

#include <thorax/tensor/aligned_floats.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <utility>

namespace {

bool is_aligned(const thorax::aligned_floats& memory)
{
  return reinterpret_cast<std::uintptr_t>(memory.data()) % thorax::aligned_floats::alignment == 0;
}

}  // namespace

TEST_CASE("memory starts at a cache line whatever its size", "[tensor]")
{
  for (const std::size_t count : {1U, 3U, 16U, 17U, 1000U}) {
    const thorax::aligned_floats memory{count};
    CHECK(memory.size() == count);
    CHECK(is_aligned(memory));
    for (float& number : memory.span()) number = 1;  // all of it may be written
    CHECK(memory.data()[count - 1] == 1);
  }
}

TEST_CASE("memory grows when it must and keeps its place when it need not", "[tensor]")
{
  thorax::aligned_floats memory;
  CHECK(memory.size() == 0);
  CHECK(memory.span().empty());
  memory.grow_to(100);
  memory.data()[99] = 7;
  float* const place = memory.data();
  memory.grow_to(50);
  memory.grow_to(100);
  CHECK(memory.data() == place);
  CHECK(memory.size() == 100);
  CHECK(memory.data()[99] == 7);
  memory.grow_to(101);
  CHECK(memory.size() == 101);
  CHECK(is_aligned(memory));
}

TEST_CASE("memory can be handed on, and who gave it away has none", "[tensor]")
{
  thorax::aligned_floats first{8};
  first.data()[7] = 3;
  float* const place = first.data();
  thorax::aligned_floats second = std::move(first);
  CHECK(second.data() == place);
  CHECK(second.size() == 8);
  CHECK(second.data()[7] == 3);
  CHECK(first.size() == 0);  // NOLINT(bugprone-use-after-move): what is left is promised
  first.grow_to(4);
  CHECK(is_aligned(first));
  first = std::move(second);
  CHECK(first.data() == place);
  CHECK(first.size() == 8);
}
