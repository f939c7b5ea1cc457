// SPDX-License-Identifier: MIT

#include <thorax/plan/pool_first.hpp>

#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"
#include "support/tiny_network.hpp"

using namespace thorax;
using namespace thorax::tests;

namespace {

using halves = average_pool<kernel<2>, stride<2>>;
struct squeezed : network<input<6, 5, 4>, halve_channels, halves> {};
struct with_larger_kernel : network<input<6, 5, 4>, conv2d<3, kernel<3>>, halves> {};
struct with_stride : network<input<6, 8, 8>, conv2d<3, kernel<1>, stride<2>>, halves> {};
struct with_maximum : network<input<6, 5, 4>, halve_channels, max_pool<kernel<2>, stride<2>, padding<0>>> {};
struct with_relu : network<input<6, 5, 4>, halve_channels, relu, halves> {};

template<class Network>
op_kind first_kind()
{
  return pool_first(fold_into_producers(lowered<Network>())).ops.front().kind;
}

}  // namespace

TEST_CASE("pooling goes before a 1x1 convolution, which then has a quarter of the work", "[plan]")
{
  const draft written = lowered<squeezed>();
  const draft plan = pool_first(written);
  REQUIRE(plan.ops.size() == 2);
  CHECK(plan.ops[0].kind == op_kind::average_pool);
  CHECK(plan.ops[0].in == plan.input);
  CHECK(plan.ops[0].out.shape == extents{6, 2, 2});
  CHECK(plan.ops[1].kind == op_kind::convolution);
  CHECK(plan.ops[1].in == plan.ops[0].out);
  CHECK(plan.ops[1].out == written.output);
  CHECK(written.ops[0].macs() == 5 * 4 * 6 * 3);
  CHECK(plan.ops[1].macs() == 2 * 2 * 6 * 3);
  CHECK(all_slices_are_inside(view_of(plan)));
}

TEST_CASE("what the convolution did as it read, the pooling does", "[plan]")
{
  draft written = lowered<squeezed>();
  written.ops[0].norm_before = written.new_norm(6, 1e-5, true);
  written.ops[0].relu_before = true;
  const draft plan = pool_first(written);
  CHECK(plan.ops[0].norm_before == 0);
  CHECK(plan.ops[0].relu_before);
  CHECK(plan.ops[1].norm_before == none);
  CHECK(!plan.ops[1].relu_before);
}

TEST_CASE("only a 1x1 convolution of stride 1 and a mean change places, with nothing between", "[plan]")
{
  CHECK(first_kind<squeezed>() == op_kind::average_pool);
  CHECK(first_kind<with_larger_kernel>() == op_kind::convolution);
  CHECK(first_kind<with_stride>() == op_kind::convolution);
  CHECK(first_kind<with_maximum>() == op_kind::convolution);
  CHECK(first_kind<with_relu>() == op_kind::convolution);
}

TEST_CASE("maps that somebody else reads are still made", "[plan]")
{
  draft kept = lowered<squeezed>();
  kept.buffer_of(kept.ops[0].out).kept = true;
  CHECK(pool_first(kept).ops[0].kind == op_kind::convolution);
  draft read_twice = lowered<squeezed>();
  read_twice.emit({.kind = op_kind::softmax, .in = read_twice.ops[0].out, .out = read_twice.new_buffer({3, 5, 4})});
  CHECK(pool_first(read_twice).ops[0].kind == op_kind::convolution);
}

TEST_CASE("all three transitions of a DenseNet pool first", "[plan]")
{
  const draft plan = pool_first(join_norm_and_relu(elide_copies(lowered<tiny_network>())));
  int pooled = 0;
  for (std::size_t i = 0; i + 1 < plan.ops.size(); ++i)
    if (plan.ops[i].kind == op_kind::average_pool && plan.ops[i + 1].kind == op_kind::convolution &&
        plan.ops[i + 1].in == plan.ops[i].out)
      ++pooled;
  CHECK(pooled == 3);
}
