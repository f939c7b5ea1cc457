// SPDX-License-Identifier: MIT

#include <thorax/model/workspace.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

using thorax::workspace;

TEST_CASE("a workspace grows to what is asked for and stays there", "[model]")
{
  thorax::thread_pool pool{3};
  workspace space;
  const thorax::workers crew = space.prepare(100, 32, &pool);
  CHECK(crew.threads() == 3);
  CHECK(crew.scratch_floats == 32);
  CHECK(space.arena.size() == 100);
  CHECK(space.scratch.size() == 96);
  for (int thread = 0; thread < 3; ++thread)
    CHECK(reinterpret_cast<std::uintptr_t>(crew.scratch_of(thread)) % 64 == 0);
  const float* const arena = space.arena.data();
  CHECK(space.prepare(50, 16, &pool).scratch == crew.scratch);
  CHECK(space.arena.data() == arena);
  CHECK(space.prepare(0, 16, nullptr).threads() == 1);
}

TEST_CASE("scratch is enough for the hungriest op, rounded up to cache lines", "[model]")
{
  const thorax::plan_view& plan = thorax::inference_plan<tiny_network>;
  std::size_t most = 0;
  for (const thorax::op& step : plan.ops) most = std::max(most, thorax::cpu::scratch_floats(step));
  CHECK(most > 0);
  CHECK(thorax::scratch_floats<thorax::cpu>(plan) >= most);
  CHECK(thorax::scratch_floats<thorax::cpu>(plan) < most + 16);
  CHECK(thorax::scratch_floats<thorax::cpu>(plan) % 16 == 0);
  CHECK(thorax::scratch_floats<thorax::reference>(plan) == 0);
}

TEST_CASE("idle workspaces are lent again before new ones are made", "[model]")
{
  thorax::idle_workspaces idle;
  std::unique_ptr<workspace> first = idle.borrow();
  std::unique_ptr<workspace> second = idle.borrow();
  const workspace* const one = first.get();
  const workspace* const other = second.get();
  CHECK(one != other);
  idle.give_back(std::move(first));
  first = idle.borrow();
  CHECK(first.get() == one);
  idle.give_back(std::move(second));
  idle.give_back(std::move(first));
  const auto third = idle.borrow();
  const auto fourth = idle.borrow();
  CHECK(std::set<const workspace*>{third.get(), fourth.get()} == std::set<const workspace*>{one, other});
}

TEST_CASE("no two threads are lent the same workspace", "[model]")
{
  thorax::idle_workspaces idle;
  std::vector<int> clashes(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clashes.size(); ++i)
    threads.emplace_back([&, i] {
      for (int turn = 0; turn < 200; ++turn) {
        std::unique_ptr<workspace> space = idle.borrow();
        space->arena.grow_to<thorax::host_memory>(1);
        const auto mine = static_cast<float>(i);
        *space->arena.data() = mine;
        std::this_thread::yield();
        if (*space->arena.data() != mine) ++clashes[i];
        idle.give_back(std::move(space));
      }
    });
  for (std::thread& each : threads) each.join();
  CHECK(clashes == std::vector<int>(4, 0));
}
