// SPDX-License-Identifier: MIT

#include <thorax/model/each_film.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"

#include <atomic>
#include <set>
#include <utility>
#include <vector>

namespace {

struct needs_room {
  using memory_type = thorax::host_memory;
  static constexpr int films_at_once = 1;
  static std::size_t arena_floats() { return 32; }
  static std::size_t scratch_floats() { return 16; }
};

/// As a device has it.
struct takes_three : needs_room {
  using memory_type = thorax::tests::other_memory;
  static constexpr int films_at_once = 3;
};

}  // namespace

TEST_CASE("every film is worked on once, each in an arena that no other film has at that time", "[model]")
{
  for (const int threads : {1, 2, 3}) {
    thorax::thread_pool pool{threads};
    for (const int films : {1, 2, 3, 7}) {
      INFO(films << " films, " << threads << " threads");
      thorax::workspace space;
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(films));
      std::atomic<int> wrong{0};
      each_film(space, needs_room{}, &pool, films, [&](int n, int count, float* arena, const thorax::workers& crew) {
        if (count != 1) ++wrong;
        ++seen[static_cast<std::size_t>(n)];
        for (int i = 0; i < 32; ++i) arena[i] = static_cast<float>(n);
        const bool alone = n < films / threads * threads;
        if (crew.threads() != (alone ? 1 : threads)) ++wrong;
        for (int i = 0; i < 32; ++i)
          if (arena[i] != static_cast<float>(n)) ++wrong;
      });
      CHECK(wrong == 0);
      for (const std::atomic<int>& each : seen) CHECK(each == 1);
    }
  }
}

TEST_CASE("without a pool the calling thread does all films", "[model]")
{
  thorax::workspace space;
  std::multiset<int> seen;
  each_film(space, needs_room{}, nullptr, 3, [&](int n, int, float*, const thorax::workers&) { seen.insert(n); });
  CHECK(seen == std::multiset<int>{0, 1, 2});
}

TEST_CASE("a backend that takes several films at once gets groups, and room for the largest", "[model]")
{
  using groups = std::vector<std::pair<int, int>>;
  const auto groups_of = [](int films) {
    thorax::workspace space;
    groups seen;
    each_film(space, takes_three{}, nullptr, films, [&](int n, int count, float* arena, const thorax::workers& crew) {
      seen.emplace_back(n, count);
      CHECK(arena == space.arena.data());
      CHECK(crew.scratch == space.scratch.data());
    });
    const auto most = static_cast<std::size_t>(films < 3 ? films : 3);
    CHECK(space.arena.size() == 32 * most);
    CHECK(space.scratch.size() == 16 * most);
    return seen;
  };
  CHECK(groups_of(2) == groups{{0, 2}});
  CHECK(groups_of(3) == groups{{0, 3}});
  CHECK(groups_of(7) == groups{{0, 3}, {3, 3}, {6, 1}});
}
