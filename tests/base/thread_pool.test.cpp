// SPDX-License-Identifier: MIT

#include <thorax/base/thread_pool.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/memory_limit.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using thorax::thread_pool;

TEST_CASE("every task runs exactly once, on a thread that exists", "[base]")
{
  for (const int threads : {1, 2, 3, 7}) {
    INFO(threads << " threads");
    thread_pool pool{threads};
    CHECK(pool.threads() == threads);
    for (const int tasks : {0, 1, 2, 5, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(tasks));
      std::atomic<bool> is_known{true};
      pool.run(tasks, [&](int task, int thread) {
        ++runs[static_cast<std::size_t>(task)];
        if (thread < 0 || thread >= threads) is_known = false;
      });
      CHECK(is_known);
      for (const std::atomic<int>& times : runs) CHECK(times == 1);
    }
  }
}

TEST_CASE("what a loop wrote is visible when it returns, loop after loop", "[base]")
{
  thread_pool pool{3};
  std::vector<long> numbers(64);
  for (int round = 0; round < 2000; ++round)
    pool.run(64, [&](int task, int) { numbers[static_cast<std::size_t>(task)] += task; });
  for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == 2000 * static_cast<long>(i));
}

TEST_CASE("a pool of one works on the calling thread", "[base]")
{
  thread_pool pool{1};
  std::vector<std::thread::id> seen(3);
  pool.run(3, [&](int task, int) { seen[static_cast<std::size_t>(task)] = std::this_thread::get_id(); });
  for (const std::thread::id id : seen) CHECK(id == std::this_thread::get_id());
}

TEST_CASE("sleeping threads wake for the next loop", "[base]")
{
  thread_pool pool{2};
  std::atomic<int> done{0};
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});  // long enough to fall asleep
    pool.run(2, [&](int, int) { ++done; });
  }
  CHECK(done == 6);
}

TEST_CASE("a loop that follows at once or after a while runs whole, whoever takes part", "[base]")
{
  thread_pool pool{3};
  long done = 0;
  std::vector<long> of_thread(3);
  for (int round = 0; round < 3000; ++round) {
    std::fill(of_thread.begin(), of_thread.end(), 0);
    pool.run(1 + round % 7, [&](int, int thread) { ++of_thread[static_cast<std::size_t>(thread)]; });
    for (const long some : of_thread) done += some;
    // About as long as threads look before they sleep.
    const std::chrono::microseconds pause{round % 3 == 0 ? round % 100 : 0};
    const auto until = std::chrono::steady_clock::now() + pause;
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
  }
  long expected = 0;
  for (int round = 0; round < 3000; ++round) expected += 1 + round % 7;
  CHECK(done == expected);
}

TEST_CASE("an exception of a task reaches the caller, and the pool goes on", "[base]")
{
  for (const int threads : {1, 3}) {
    thread_pool pool{threads};
    for (int round = 0; round < 50; ++round) {
      std::string sentence;
      try {
        pool.run(100, [](int task, int) {
          if (task == 41) throw std::runtime_error{"task 41 failed"};
        });
      }
      catch (const std::runtime_error& failure) {
        sentence = failure.what();
      }
      CHECK(sentence == "task 41 failed");
      std::atomic<int> runs{0};
      pool.run(100, [&](int, int) { ++runs; });
      CHECK(runs == 100);
    }
  }
}

TEST_CASE("a loop inside a task runs instead of waiting forever", "[base]")
{
  thread_pool pool{2};
  std::atomic<int> runs{0};
  pool.run(4, [&](int, int) { pool.run(5, [&](int, int) { ++runs; }); });
  CHECK(runs == 20);
}

TEST_CASE("callers of their own threads share a pool", "[base]")
{
  thread_pool pool{2};
  std::atomic<int> runs{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) pool.run(8, [&](int, int) { ++runs; });
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(runs == 4 * 200 * 8);
}

namespace {

/// Where each thread of the pool may run, seen from inside.
std::vector<std::vector<int>> cpus_by_thread(thread_pool& pool)
{
  std::vector<std::vector<int>> found(static_cast<std::size_t>(pool.threads()));
  std::atomic<int> arrived{0};
  pool.run(pool.threads(), [&](int, int thread) {
    found[static_cast<std::size_t>(thread)] = thorax::cpus_of_this_thread().numbers;
    ++arrived;
    while (arrived < pool.threads()) std::this_thread::yield();  // so that each thread has one of the tasks
  });
  return found;
}

}  // namespace

TEST_CASE("a pinned pool binds its own threads to one CPU each, and its caller when it asks for that", "[base]")
{
  const std::vector<int> all = thorax::cpus_of_this_thread().numbers;
  if (all.size() < 2) {
    std::cout << "skipped: no second CPU\n";
    return;
  }
  std::vector<std::vector<int>> before;
  std::vector<std::vector<int>> after;
  bool is_bound = false;
  std::thread caller{[&] {
    thread_pool pool{static_cast<int>(all.size()), thorax::pinning::on};
    before = cpus_by_thread(pool);
    is_bound = pool.pin_caller();
    after = cpus_by_thread(pool);
  }};
  caller.join();
  CHECK(before[0] == all);
  CHECK(is_bound);
  std::vector<int> bound;
  for (const std::vector<int>& cpus : after) {
    REQUIRE(cpus.size() == 1);
    bound.push_back(cpus[0]);
  }
  CHECK(bound == all);
  for (std::size_t thread = 1; thread < all.size(); ++thread) CHECK(before[thread] == after[thread]);
}

TEST_CASE("a pool with fewer threads than cores, or more than CPUs, is not pinned", "[base]")
{
  const thorax::cpu_list all = thorax::cpus_of_this_thread();
  for (const int threads : {all.cores - 1, static_cast<int>(all.numbers.size()) + 1}) {
    if (threads < 1) continue;
    thread_pool pool{threads, thorax::pinning::on};
    CHECK_FALSE(pool.pin_caller());
    for (const std::vector<int>& cpus : cpus_by_thread(pool)) CHECK(cpus == all.numbers);
  }
}

TEST_CASE("nothing is pinned that nobody asked for", "[base]")
{
  const thorax::cpu_list all = thorax::cpus_of_this_thread();
  thread_pool pool{std::max(static_cast<int>(all.numbers.size()), 1)};
  CHECK_FALSE(pool.pin_caller());
  for (const std::vector<int>& cpus : cpus_by_thread(pool)) CHECK(cpus == all.numbers);
}

TEST_CASE("a pool whose threads cannot all be started says how many could, and leaves none behind", "[base]")
{
  if (!can_limit_memory) {
    std::cout << "skipped: no limit of memory under a sanitizer\n";
    return;
  }
  child_process child{[] {
    allow_only(std::size_t{100} << 20);
    const auto refused = [](int threads, const std::string& begin) {
      try {
        thread_pool{threads};
      }
      catch (const thorax::error& failure) {
        const std::string sentence = failure.what();
        return failure.code() == thorax::error_code::limit_exceeded && sentence.starts_with(begin) &&
               sentence.ends_with("; ask for fewer");
      }
      return false;
    };
    // Twice: had the first left its threads behind, there would be no room for a pool of two.
    for (int round = 0; round < 2; ++round)
      if (!refused(5000, "5000 threads could not be started, only ")) throw std::runtime_error{"not refused"};
    thread_pool pool{2};
    std::atomic<int> runs{0};
    pool.run(10, [&](int, int) { ++runs; });
    if (runs != 10) throw std::runtime_error{"not run"};
  }};
  CHECK(child.wait() == 0);
}
