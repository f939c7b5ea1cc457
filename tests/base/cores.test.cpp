// SPDX-License-Identifier: MIT

#include <thorax/base/cores.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <iostream>
#include <set>
#include <thread>
#include <vector>

namespace {

/// What a thread does to its mask stays with it: the test's own goes on as it was.
template<class Work>
void on_another_thread(const Work& work)
{
  std::thread{work}.join();
}

}  // namespace

TEST_CASE("at least one thread is available, and no more than the machine has", "[base]")
{
  CHECK(thorax::available_threads() >= 1);
  if (std::thread::hardware_concurrency() > 0)
    CHECK(thorax::available_threads() <= static_cast<int>(std::thread::hardware_concurrency()));
}

TEST_CASE("the CPUs of a thread are different ones, on no more cores than CPUs", "[base]")
{
  const thorax::cpu_list found = thorax::cpus_of_this_thread();
  if (found.numbers.empty()) {
    std::cout << "skipped: no list of CPUs on this system\n";
    return;
  }
  const int count = static_cast<int>(found.numbers.size());
  CHECK(std::set<int>(found.numbers.begin(), found.numbers.end()).size() == found.numbers.size());
  CHECK(*std::min_element(found.numbers.begin(), found.numbers.end()) >= 0);
  CHECK(count >= thorax::available_threads());
  CHECK(found.cores >= 1);
  CHECK(found.cores <= count);
  CHECK(std::count(found.numbers.begin(), found.numbers.end(), thorax::current_cpu()) == 1);
}

TEST_CASE("a pinned thread stays on its CPU, and so do those that it starts", "[base]")
{
  const thorax::cpu_list before = thorax::cpus_of_this_thread();
  for (const int cpu : before.numbers) {
    bool is_pinned = false;
    int runs_on = -1;
    std::vector<int> own;
    std::vector<int> of_child;
    on_another_thread([&] {
      is_pinned = thorax::pin_this_thread(cpu);
      runs_on = thorax::current_cpu();
      own = thorax::cpus_of_this_thread().numbers;
      on_another_thread([&] { of_child = thorax::cpus_of_this_thread().numbers; });
    });
    CHECK(is_pinned);
    CHECK(runs_on == cpu);
    CHECK(own == std::vector{cpu});
    CHECK(of_child == std::vector{cpu});
  }
  CHECK(thorax::cpus_of_this_thread().numbers == before.numbers);
}

TEST_CASE("a thread cannot be pinned to a CPU that is not there", "[base]")
{
  on_another_thread([] {
    const std::vector<int> before = thorax::cpus_of_this_thread().numbers;
    CHECK_FALSE(thorax::pin_this_thread(-1));
    CHECK_FALSE(thorax::pin_this_thread(1 << 20));
    CHECK(thorax::cpus_of_this_thread().numbers == before);
  });
}

TEST_CASE("a thread that leaves its CPU may come back", "[base]")
{
  const std::vector<int> before = thorax::cpus_of_this_thread().numbers;
  if (before.size() < 2) {
    std::cout << "skipped: no second CPU\n";
    return;
  }
  std::vector<int> after;
  on_another_thread([&] {
    thorax::leave_current_cpu();
    after = thorax::cpus_of_this_thread().numbers;
  });
  CHECK(after == before);

  int stays_on = -1;
  on_another_thread([&] {
    thorax::pin_this_thread(before.back());
    thorax::leave_current_cpu();  // there is no other
    stays_on = thorax::current_cpu();
  });
  CHECK(stays_on == before.back());
}
