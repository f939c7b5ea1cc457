// SPDX-License-Identifier: MIT

#include <thorax/plan/uses.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace thorax;

namespace {

constexpr slice channels(int buffer, int first, int count) { return {buffer, first, {count, 2, 2}}; }

std::vector<int> readers(const uses& index, const slice& maps)
{
  std::vector<int> found;
  index.each_reader(maps, [&](int number) { found.push_back(number); });
  return found;
}

// 0: buffer 0 → the first half of buffer 1; 1: buffer 0 → its second half; 2: all of 1 → 2; 3: the second half → 2.
draft example()
{
  draft plan;
  for (const int count : {2, 4, 4}) plan.new_buffer({count, 2, 2});
  plan.emit_copy(channels(0, 0, 2), channels(1, 0, 2));
  plan.emit_copy(channels(0, 0, 2), channels(1, 2, 2));
  plan.emit_copy(channels(1, 0, 4), channels(2, 0, 4));
  plan.emit_copy(channels(1, 2, 2), channels(2, 0, 2));
  return plan;
}

}  // namespace

TEST_CASE("slices overlap when they share a channel of one buffer", "[plan]")
{
  STATIC_REQUIRE(overlap(channels(0, 0, 2), channels(0, 1, 2)));
  STATIC_REQUIRE(overlap(channels(0, 1, 1), channels(0, 0, 4)));
  STATIC_REQUIRE(!overlap(channels(0, 0, 2), channels(0, 2, 2)));
  STATIC_REQUIRE(!overlap(channels(0, 2, 2), channels(0, 0, 2)));
  STATIC_REQUIRE(!overlap(channels(0, 0, 2), channels(1, 0, 2)));
}

TEST_CASE("readers of any channel are found in the order of the ops", "[plan]")
{
  const draft plan = example();
  const uses index{plan};
  CHECK(readers(index, channels(0, 0, 2)) == std::vector<int>{0, 1});
  CHECK(readers(index, channels(1, 0, 2)) == std::vector<int>{2});
  CHECK(readers(index, channels(1, 3, 1)) == std::vector<int>{2, 3});
  CHECK(index.count_readers(channels(1, 0, 4)) == 2);
  CHECK(index.count_readers(channels(2, 0, 4)) == 0);
}

TEST_CASE("the maker is the op that makes exactly these maps", "[plan]")
{
  const draft plan = example();
  const uses index{plan};
  CHECK(index.maker(channels(1, 0, 2)) == 0);
  CHECK(index.maker(channels(1, 2, 2)) == 1);
  CHECK(index.maker(channels(1, 0, 4)) == none);
  CHECK(index.maker(channels(0, 0, 2)) == none);
  CHECK(index.maker(channels(2, 0, 4)) == 2);
}

TEST_CASE("an op that now makes other maps is found there, and no longer where it was", "[plan]")
{
  draft plan = example();
  uses index{plan};
  const slice before = plan.ops[1].out;
  plan.ops[1].out = channels(2, 2, 2);
  index.remade(1, before);
  CHECK(index.maker(channels(1, 2, 2)) == none);
  CHECK(index.maker(channels(2, 2, 2)) == 1);
  CHECK(index.maker(channels(1, 0, 2)) == 0);
  CHECK(index.maker(channels(2, 0, 4)) == 2);
}

TEST_CASE("an op that was taken out is found by nobody, whichever channels it read", "[plan]")
{
  draft plan = example();
  const uses index{plan};
  take_out(plan.ops[3]);
  CHECK(readers(index, channels(1, 0, 4)) == std::vector<int>{2});
  CHECK(readers(index, channels(1, 2, 2)) == std::vector<int>{2});
  take_out(plan.ops[1]);
  CHECK(readers(index, channels(0, 0, 2)) == std::vector<int>{0});
  CHECK(index.maker(channels(1, 2, 2)) == none);
}

TEST_CASE("the gaps that ops leave close, and the others keep their order", "[plan]")
{
  draft plan = example();
  const uses index{plan};
  take_out(plan.ops[2]);
  CHECK(readers(index, channels(1, 0, 4)) == std::vector<int>{3});
  CHECK(index.maker(channels(2, 0, 4)) == none);
  close_gaps(plan);
  REQUIRE(plan.ops.size() == 3);
  CHECK(plan.ops[0].position == 0);
  CHECK(plan.ops[1].position == 1);
  CHECK(plan.ops[2].position == 3);
}
