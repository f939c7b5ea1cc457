// SPDX-License-Identifier: MIT
#include <thorax/backend/workers.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <vector>

TEST_CASE("without a pool the caller does every task in order", "[backend]")
{
  const thorax::workers alone;
  std::vector<int> tasks;
  alone.run(4, [&](int task, int thread) {
    CHECK(thread == 0);
    tasks.push_back(task);
  });
  CHECK(tasks == std::vector<int>{0, 1, 2, 3});
  CHECK(alone.threads() == 1);
}

TEST_CASE("with a pool each task is done once and each thread has a scratch of its own", "[backend]")
{
  thorax::thread_pool pool{3};
  std::vector<float> scratch(3 * 5);
  const thorax::workers crew{&pool, scratch.data(), 5};
  CHECK(crew.threads() == 3);
  std::vector<std::atomic<int>> done(100);
  std::atomic<bool> fits{true};
  crew.run(100, [&](int task, int thread) {
    ++done[static_cast<std::size_t>(task)];
    if (crew.scratch_of(thread) != scratch.data() + 5 * thread) fits = false;
  });
  CHECK(fits);
  for (const std::atomic<int>& each : done) CHECK(each == 1);
}
