// SPDX-License-Identifier: MIT
#include <thorax/backend/placed_floats.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"

#include <cstdint>  // uintptr_t
#include <utility>  // move

using thorax::host_memory;
using thorax::placed_floats;
using thorax::tests::other_memory;

TEST_CASE("working memory grows and does not shrink, wherever it lies", "[backend]")
{
  const auto grows = [](auto grow) {
    placed_floats room;
    CHECK(room.data() == nullptr);
    const float* const first = grow(room, 100);
    CHECK(first == room.data());
    CHECK(room.size() == 100);
    const float* const kept = room.data();
    CHECK(grow(room, 50) == kept);
    CHECK(room.size() == 100);
    grow(room, 101);
    CHECK(room.size() == 101);
  };
  const int before = other_memory::blocks;
  grows([](placed_floats& room, std::size_t count) { return room.grow_to<host_memory>(count); });
  grows([](placed_floats& room, std::size_t count) { return room.grow_to<other_memory>(count); });
  CHECK(other_memory::blocks == before);
}

TEST_CASE("working memory moves to where the next backend computes, and leaves the last one's", "[backend]")
{
  const int before = other_memory::blocks;
  placed_floats room;
  room.grow_to<other_memory>(100);
  CHECK(other_memory::blocks == before + 1);
  room.grow_to<host_memory>(10);
  CHECK(other_memory::blocks == before);
  CHECK(room.size() == 10);
  CHECK(reinterpret_cast<std::uintptr_t>(room.data()) % thorax::aligned_floats::alignment == 0);
  room.grow_to<other_memory>(10);
  CHECK(other_memory::blocks == before + 1);
}

TEST_CASE("working memory of which there is not enough is none", "[backend]")
{
  struct exhausted : other_memory {
    static float* allocate(std::size_t count) { return count > 10 ? throw count : other_memory::allocate(count); }
  };
  placed_floats room;
  room.grow_to<exhausted>(10);
  CHECK_THROWS_AS(room.grow_to<exhausted>(11), std::size_t);
  CHECK(room.data() == nullptr);
  CHECK(room.size() == 0);
  CHECK(room.grow_to<exhausted>(5) != nullptr);
}
