// SPDX-License-Identifier: MIT

#include <thorax/model/each_film.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <set>
#include <vector>

namespace {

struct needs_room {
  static std::size_t arena_floats() { return 32; }
  static std::size_t scratch_floats() { return 16; }
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
      each_film(space, needs_room{}, &pool, films, [&](int n, float* arena, const thorax::workers& crew) {
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
  each_film(space, needs_room{}, nullptr, 3, [&](int n, float*, const thorax::workers&) { seen.insert(n); });
  CHECK(seen == std::multiset<int>{0, 1, 2});
}
