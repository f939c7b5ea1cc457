// SPDX-License-Identifier: MIT

#include <thorax/plan/elide_copies.hpp>

#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"
#include "support/tiny_network.hpp"

using namespace thorax;
using namespace thorax::tests;

namespace {

struct block : network<input<2, 4, 4>, conv2d<3, kernel<3>>, repeat<3, append<conv2d<5, kernel<3>>>>> {};
struct first_append : network<input<2, 4, 4>, append<conv2d<5, kernel<3>>>> {};

slice made(draft& plan, extents shape)
{
  return plan.emit({.kind = op_kind::softmax, .in = plan.input, .out = plan.new_buffer(shape)});
}

}  // namespace

TEST_CASE("a block's layers all write into one buffer, each behind what it reads", "[plan]")
{
  const draft plan = elide_copies(lowered<block>());
  REQUIRE(plan.ops.size() == 4);
  CHECK(count_copies(view_of(plan)) == 0);
  CHECK(plan.buffer_of(plan.output).shape == extents{18, 4, 4});
  for (int i = 0; i < 3; ++i) {
    const op& step = plan.ops[static_cast<std::size_t>(i + 1)];
    CHECK(step.in == slice{plan.output.buffer, 0, {3 + 5 * i, 4, 4}});
    CHECK(step.out == slice{plan.output.buffer, 3 + 5 * i, {5, 4, 4}});
  }
  CHECK(plan.ops[0].out == slice{plan.output.buffer, 0, {3, 4, 4}});
}

TEST_CASE("parts go on knowing what they make", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const draft plan = elide_copies(written);
  REQUIRE(plan.parts.size() == written.parts.size());
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    CHECK(plan.parts[i].out.shape == written.parts[i].out.shape);
    CHECK(is_inside(view_of(plan), plan.parts[i].out));
  }
}

TEST_CASE("the input stays where the caller fills it", "[plan]")
{
  const draft plan = elide_copies(lowered<first_append>());
  CHECK(plan.input == slice{0, 0, {2, 4, 4}});
  REQUIRE(plan.ops.size() == 2);
  CHECK(count_copies(view_of(plan)) == 1);
}

TEST_CASE("maps that two places want are made in one of them and copied to the other", "[plan]")
{
  draft plan;
  plan.input = plan.new_buffer({2, 1, 1});
  const slice maps = made(plan, {2, 1, 1});
  const slice whole = plan.new_buffer({4, 1, 1});
  plan.emit_copy(maps, {whole.buffer, 0, {2, 1, 1}});
  plan.emit_copy(maps, {whole.buffer, 2, {2, 1, 1}});
  plan.logits = plan.output = whole;
  const draft elided = elide_copies(plan);
  REQUIRE(elided.ops.size() == 2);
  CHECK(elided.ops[0].out == slice{whole.buffer, 2, {2, 1, 1}});
  CHECK(elided.ops[1].in == slice{whole.buffer, 2, {2, 1, 1}});
  CHECK(elided.ops[1].out == slice{whole.buffer, 0, {2, 1, 1}});
}

TEST_CASE("what is to be kept stays so in its new home", "[plan]")
{
  draft plan;
  plan.input = plan.new_buffer({2, 1, 1});
  const slice maps = made(plan, {2, 1, 1});
  plan.buffer_of(maps).kept = true;
  const slice whole = plan.new_buffer({2, 1, 1});
  plan.emit_copy(maps, whole);
  plan.logits = plan.output = maps;
  const draft elided = elide_copies(plan);
  REQUIRE(elided.ops.size() == 1);
  CHECK(elided.output == whole);
  CHECK(elided.buffer_of(whole).kept);
}

TEST_CASE("an activation that does something is no copy", "[plan]")
{
  CHECK(detail::is_copy({.kind = op_kind::activation}));
  CHECK(!detail::is_copy({.kind = op_kind::activation, .relu_before = true}));
  CHECK(!detail::is_copy({.kind = op_kind::activation, .norm_before = 0}));
  CHECK(!detail::is_copy({.kind = op_kind::dropout}));
}
