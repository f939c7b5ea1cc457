// SPDX-License-Identifier: MIT

#include <thorax/plan/fuse_activations.hpp>

#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"
#include "support/tiny_network.hpp"

using namespace thorax;
using namespace thorax::tests;

namespace {

struct norm_relu_conv : network<input<2, 4, 4>, batch_norm, relu, conv2d<3, kernel<3>>> {};
struct conv_norm_relu : network<input<2, 4, 4>, conv2d<3, kernel<3>>, batch_norm, relu, max_pool<kernel<3>, stride<2>>> {};
struct linear_norm : network<input<2, 1, 1>, linear<3>, batch_norm, linear<2>> {};
struct linear_relu : network<input<2, 1, 1>, linear<3>, relu, linear<2>> {};
struct dense : network<input<4, 4, 4>, max_pool<kernel<3>, stride<1>>, append<batch_norm, relu, conv2d<3, kernel<3>>>> {};

}  // namespace

TEST_CASE("a norm and the ReLU behind it become one op", "[plan]")
{
  const draft plan = join_norm_and_relu(lowered<norm_relu_conv>());
  REQUIRE(plan.ops.size() == 2);
  CHECK(plan.ops[0].norm_before == 0);
  CHECK(plan.ops[0].relu_before);
  CHECK(plan.ops[1].in == plan.ops[0].out);
}

TEST_CASE("a norm that somebody else wants to see does not join", "[plan]")
{
  draft written = lowered<norm_relu_conv>();
  written.buffer_of(written.ops[0].out).kept = true;
  CHECK(join_norm_and_relu(written).ops.size() == 3);
}

TEST_CASE("a norm that two ops read does not join the ReLU of one of them", "[plan]")
{
  draft written = lowered<norm_relu_conv>();
  written.emit({.kind = op_kind::softmax, .in = written.ops[0].out, .out = written.new_buffer({2, 4, 4})});
  CHECK(join_norm_and_relu(written).ops.size() == 4);
}

TEST_CASE("norm and ReLU behind a convolution become part of it", "[plan]")
{
  const draft plan = fold_into_producers(join_norm_and_relu(lowered<conv_norm_relu>()));
  REQUIRE(plan.ops.size() == 2);
  CHECK(plan.ops[0].norm_after == 0);
  CHECK(plan.ops[0].relu_after);
  CHECK(plan.ops[0].norm_before == none);
  CHECK(plan.ops[1].kind == op_kind::max_pool);
  CHECK(plan.ops[1].in == plan.ops[0].out);
}

TEST_CASE("behind a bias a ReLU folds, a norm does not", "[plan]")
{
  const draft with_norm = fold_into_producers(lowered<linear_norm>());
  REQUIRE(with_norm.ops.size() == 3);
  CHECK(with_norm.ops[0].norm_after == none);
  const draft with_relu = fold_into_producers(lowered<linear_relu>());
  REQUIRE(with_relu.ops.size() == 2);
  CHECK(with_relu.ops[0].relu_after);
}

TEST_CASE("behind the limit nothing folds: training needs what its norms read", "[plan]")
{
  CHECK(fold_into_producers(join_norm_and_relu(lowered<conv_norm_relu>()), 0).ops.size() == 3);
  CHECK(fold_into_producers(join_norm_and_relu(lowered<conv_norm_relu>()), 1).ops.size() == 3);
  CHECK(fold_into_producers(join_norm_and_relu(lowered<conv_norm_relu>()), 2).ops.size() == 2);
}

TEST_CASE("norm and ReLU before a reader happen as it reads", "[plan]")
{
  const draft plan = move_into_readers(join_norm_and_relu(lowered<norm_relu_conv>()));
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::convolution);
  CHECK(plan.ops[0].in == plan.input);
  CHECK(plan.ops[0].norm_before == 0);
  CHECK(plan.ops[0].relu_before);
}

TEST_CASE("a rule moves into all of its readers or stays", "[plan]")
{
  draft written = join_norm_and_relu(lowered<norm_relu_conv>());
  const slice activated = written.ops[0].out;
  written.emit({.kind = op_kind::global_average_pool, .in = activated, .out = written.new_buffer({2, 1, 1})});
  const draft moved = move_into_readers(written);
  REQUIRE(moved.ops.size() == 2);
  CHECK(moved.ops[0].norm_before == 0);
  CHECK(moved.ops[1].norm_before == 0);
  CHECK(moved.ops[1].in == moved.input);
  written.emit({.kind = op_kind::softmax, .in = activated, .out = written.new_buffer({2, 4, 4})});
  CHECK(move_into_readers(written).ops.size() == 4);
}

TEST_CASE("what somebody outside reads does not move away", "[plan]")
{
  draft written = join_norm_and_relu(lowered<norm_relu_conv>());
  written.buffer_of(written.ops[0].out).kept = true;
  CHECK(move_into_readers(written).ops.size() == 2);
}

TEST_CASE("in a dense layer the rule is applied to channels that stay as they are for others", "[plan]")
{
  const draft plan = move_into_readers(join_norm_and_relu(elide_copies(lowered<dense>())));
  REQUIRE(plan.ops.size() == 2);
  CHECK(plan.ops[0].out == slice{plan.output.buffer, 0, {4, 4, 4}});
  CHECK(plan.ops[1].in == plan.ops[0].out);
  CHECK(plan.ops[1].out == slice{plan.output.buffer, 4, {3, 4, 4}});
  CHECK(plan.ops[1].relu_before);
}

TEST_CASE("nothing of a DenseNet's norms and ReLUs remains as a pass over memory", "[plan]")
{
  const draft plan = move_into_readers(fold_into_producers(join_norm_and_relu(elide_copies(lowered<tiny_network>()))));
  CHECK(count_of(view_of(plan), op_kind::activation) == 0);
}
