// SPDX-License-Identifier: MIT

#include <thorax/plan/drop_dropout.hpp>

#include "support/catch.hpp"

using namespace thorax;

namespace {

draft three_dropouts()
{
  draft plan;
  slice maps = plan.new_buffer({4, 1, 1});
  for (int i = 0; i < 3; ++i)
    maps = plan.emit({.kind = op_kind::dropout, .in = maps, .out = plan.new_buffer({4, 1, 1}), .rate = 0.5F});
  return plan;
}

int count_dropouts(const draft& plan)
{
  int count = 0;
  for (const op& step : plan.ops) count += step.kind == op_kind::dropout ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("outside of training each dropout is a copy", "[plan]")
{
  const draft plan = drop_dropout(three_dropouts());
  REQUIRE(plan.ops.size() == 3);
  for (const op& step : plan.ops) {
    CHECK(step.kind == op_kind::activation);
    CHECK(step.rate == 0);
    CHECK(step.norm_before == none);
    CHECK(!step.relu_before);
  }
  CHECK(plan.ops[2].in == plan.ops[1].out);
}

TEST_CASE("dropouts from the limit on remain", "[plan]")
{
  CHECK(count_dropouts(drop_dropout(three_dropouts(), 0)) == 3);
  const draft plan = drop_dropout(three_dropouts(), 2);
  CHECK(plan.ops[0].kind == op_kind::activation);
  CHECK(plan.ops[1].kind == op_kind::activation);
  CHECK(plan.ops[2].kind == op_kind::dropout);
  CHECK(plan.ops[2].rate == 0.5F);
}
