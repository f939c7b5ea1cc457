// SPDX-License-Identifier: MIT

#include <thorax/plan/draft.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace thorax;

namespace {

// What stands under a part's path in a weights file: word and number.
struct titled {
  std::string_view word;
  int number;

  friend bool operator==(const titled&, const titled&) = default;
};

std::vector<titled> titles(const draft& plan)
{
  std::vector<titled> all;
  for (const part& each : plan.parts) all.push_back({each.word, each.number});
  return all;
}

}  // namespace

TEST_CASE("buffers are numbered as they are made", "[plan]")
{
  draft plan;
  CHECK(plan.new_buffer({1, 2, 3}) == slice{0, 0, {1, 2, 3}});
  CHECK(plan.new_buffer({4, 5, 6}) == slice{1, 0, {4, 5, 6}});
  CHECK(plan.buffer_of({1, 0, {4, 5, 6}}).shape == extents{4, 5, 6});
}

TEST_CASE("a slice is whole when it is all channels of its buffer", "[plan]")
{
  draft plan;
  plan.new_buffer({4, 2, 2});
  CHECK(plan.is_whole({0, 0, {4, 2, 2}}));
  CHECK(!plan.is_whole({0, 0, {3, 2, 2}}));
  CHECK(!plan.is_whole({0, 1, {3, 2, 2}}));
}

TEST_CASE("parameters lie one behind the other", "[plan]")
{
  draft plan;
  CHECK(plan.new_parameter(parameter_kind::weight, {2, 3, 5, 5}) == 0);
  CHECK(plan.new_parameter(parameter_kind::bias, {2}) == 1);
  CHECK(plan.parameters[0].offset == 0);
  CHECK(plan.parameters[1].offset == 150);
  CHECK(plan.parameter_floats == 152);
}

TEST_CASE("a norm has four parameters in a row, and two folded numbers a channel", "[plan]")
{
  draft plan;
  CHECK(plan.new_norm(3, 1e-5, true) == 0);
  CHECK(plan.new_norm(5, 1e-3, false) == 1);
  CHECK(plan.parameters.size() == 8);
  CHECK(plan.norms[1].first_parameter == 4);
  CHECK(plan.norms[1].offset == 6);
  CHECK(plan.folded_floats == 16);
  CHECK(plan.parameter_floats == 32);
  CHECK(plan.parameters[6].kind == parameter_kind::running_mean);
}

TEST_CASE("an op knows its position and the part that was open", "[plan]")
{
  draft plan;
  const slice in = plan.new_buffer({1, 1, 1});
  const slice out = plan.new_buffer({1, 1, 1});
  plan.emit_copy(in, out);
  const int opened = plan.enter("part", false);
  CHECK(plan.emit({.kind = op_kind::softmax, .in = out, .out = in}) == in);
  plan.leave(opened, in);
  CHECK(plan.ops[0].kind == op_kind::activation);
  CHECK(plan.ops[0].part == none);
  CHECK(plan.ops[0].position == 0);
  CHECK(plan.ops[1].part == opened);
  CHECK(plan.ops[1].position == 1);
  CHECK(plan.parts[0].first_op == 1);
  CHECK(plan.parts[0].last_op == 2);
  CHECK(plan.parts[0].out == in);
}

TEST_CASE("brothers of the same word are numbered from 1, an only one is not", "[plan]")
{
  draft plan;
  const int root = plan.enter("features", false);
  for (const char* const word : {"conv", "norm", "conv", "conv"}) plan.leave(plan.enter(word, false), {});
  plan.leave(root, {});
  CHECK(titles(plan) == std::vector<titled>{{"features", none}, {"conv", 1}, {"norm", none}, {"conv", 2}, {"conv", 3}});
  CHECK(plan.parts[4].parent == root);
}

TEST_CASE("what is repeated is numbered even when it is alone", "[plan]")
{
  draft plan;
  plan.leave(plan.enter("layer", true), {});
  plan.leave(plan.enter("other", false), {});
  plan.leave(plan.enter("layer", true), {});
  CHECK(titles(plan) == std::vector<titled>{{"layer", 1}, {"other", none}, {"layer", 2}});
}

TEST_CASE("parts inside different parts are no brothers", "[plan]")
{
  draft plan;
  for (int i = 0; i < 2; ++i) {
    const int outer = plan.enter("block", false);
    plan.leave(plan.enter("conv", false), {});
    plan.leave(outer, {});
  }
  CHECK(titles(plan) == std::vector<titled>{{"block", 1}, {"conv", none}, {"block", 2}, {"conv", none}});
  CHECK(plan.open_part == none);
}
