// SPDX-License-Identifier: MIT

#include <thorax/plan/place_in_arena.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"
#include "support/random_network.hpp"

#include <cstdint>

using namespace thorax;
using namespace thorax::tests;

namespace {

// Each op reads what the one before it made; lengths[0] are the input's floats.
draft line_of(std::initializer_list<int> lengths)
{
  draft plan;
  for (const int length : lengths) {
    const slice made = plan.new_buffer({length, 1, 1});
    if (plan.buffers.size() == 1) plan.input = made;
    else plan.emit({.kind = op_kind::linear, .in = {made.buffer - 1, 0, plan.buffers[plan.buffers.size() - 2].shape},
                    .out = made});
    plan.logits = plan.output = made;
  }
  plan.buffer_of(plan.output).kept = true;
  return plan;
}

}  // namespace

TEST_CASE("a lifetime reaches from the first to the last step that touches it", "[plan]")
{
  lifetime life;
  CHECK(!life.used());
  life.touch(3);
  CHECK(life.used());
  life.touch(7);
  life.touch(5);
  CHECK(life.first == 3);
  CHECK(life.last == 7);
}

TEST_CASE("maps take the place of those that nobody reads any more", "[plan]")
{
  const draft plan = place_in_arena(line_of({64, 32, 64, 32}));
  CHECK(plan.arena_floats == 96);
  CHECK(plan.buffers[0].offset == plan.buffers[2].offset);
  CHECK(plan.buffers[1].offset == plan.buffers[3].offset);
  CHECK(plan.buffers[1].offset != plan.buffers[0].offset);
}

TEST_CASE("buffers begin at cache lines", "[plan]")
{
  const draft plan = place_in_arena(line_of({5, 17, 3, 40}));
  for (const buffer& each : plan.buffers) CHECK(each.offset % 16 == 0);
  CHECK(plan.arena_floats == 48 + 16);
  CHECK(count_clashes(view_of(plan)) == 0);
}

TEST_CASE("what is kept lives to the end", "[plan]")
{
  draft plan = line_of({16, 16, 16, 16, 16});
  CHECK(place_in_arena(plan).arena_floats == 32);
  plan.buffers[1].kept = true;
  const draft placed = place_in_arena(plan);
  CHECK(placed.arena_floats == 48);
  for (const std::size_t other : {0U, 2U, 3U, 4U}) CHECK(placed.buffers[other].offset != placed.buffers[1].offset);
}

TEST_CASE("a buffer that no op touches takes no memory", "[plan]")
{
  draft plan = line_of({16, 16});
  plan.new_buffer({1000, 10, 10});
  CHECK(place_in_arena(plan).arena_floats == 32);
}

TEST_CASE("lifetimes may be given from outside", "[plan]")
{
  const draft plan = line_of({16, 16, 16});
  CHECK(place_in_arena(plan, {{0, 9}, {0, 9}, {0, 9}}).arena_floats == 48);
  CHECK(place_in_arena(plan, {{0, 1}, {2, 3}, {4, 5}}).arena_floats == 16);
}

TEST_CASE("in networks that nobody thought of no live buffers share memory", "[plan]")
{
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const draft plan = place_in_arena(random_network{draw}.written());
    CHECK(count_clashes(view_of(plan)) == 0);
    CHECK(count_misreadings(view_of(plan)) == 0);
  }
}
