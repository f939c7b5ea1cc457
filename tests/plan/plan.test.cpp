// SPDX-License-Identifier: MIT

#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"
#include "support/random_network.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

using namespace thorax;
using namespace thorax::tests;

namespace {

struct small : network<input<1, 4, 4>, append<batch_norm, relu, conv2d<2, kernel<3>>>, global_average_pool, linear<2>,
                       dropout<percent<50>>, softmax> {};

// A layer of somebody's own that is several operations with weights.
struct three_convolutions {
  static constexpr std::string_view word = "three";
  static constexpr std::size_t operations = 3;
  static constexpr bool accepts(extents in) { return in.channels > 0; }
  static constexpr extents output(extents in) { return in; }
  static constexpr slice lower(draft& plan, slice in)
  {
    for (int i = 0; i < 3; ++i) {
      const int weight = plan.new_parameter(parameter_kind::weight, {in.shape.channels, in.shape.channels, 1, 1});
      in = plan.emit({.kind = op_kind::convolution, .in = in, .out = plan.new_buffer(in.shape), .weight = weight});
    }
    return in;
  }
};
struct of_own_layers : network<input<2, 4, 4>, three_convolutions, three_convolutions> {};
static_assert(inference_plan<of_own_layers>.ops.size() == 6);
static_assert(inference_plan<of_own_layers>.parameter_floats == 6 * 4);

static_assert(inference_plan<small>.ops.size() == 5);  // a copy of the input, and all but norm, ReLU and dropout
static_assert(arena_bytes<small> == inference_plan<small>.arena_floats * 4);
static_assert(inference_plan<tiny_network>.arena_floats > 0);
static_assert(count_copies(inference_plan<tiny_network>) == 0);
static_assert(all_slices_are_inside(inference_plan<tiny_network>));
static_assert(count_clashes(inference_plan<tiny_network>) == 0);

template<class Network>
void check_same_at_run_time()
{
  const draft planned = for_inference(lowered<Network>());
  const plan_view compiled = inference_plan<Network>;
  REQUIRE(compiled.ops.size() == planned.ops.size());
  for (std::size_t i = 0; i < planned.ops.size(); ++i) {
    CHECK(compiled.ops[i].kind == planned.ops[i].kind);
    CHECK(compiled.ops[i].in == planned.ops[i].in);
    CHECK(compiled.ops[i].out == planned.ops[i].out);
    CHECK(compiled.ops[i].weight == planned.ops[i].weight);
    CHECK(compiled.ops[i].norm_before == planned.ops[i].norm_before);
    CHECK(compiled.ops[i].norm_after == planned.ops[i].norm_after);
    CHECK(compiled.ops[i].mean_before == planned.ops[i].mean_before);
    CHECK(compiled.ops[i].max_after == planned.ops[i].max_after);
  }
  REQUIRE(compiled.buffers.size() == planned.buffers.size());
  for (std::size_t i = 0; i < planned.buffers.size(); ++i) CHECK(compiled.buffers[i].offset == planned.buffers[i].offset);
  CHECK(compiled.norms.size() == planned.norms.size());
  CHECK(compiled.parameters.size() == planned.parameters.size());
  CHECK(compiled.parts.size() == planned.parts.size());
  CHECK(compiled.logits == planned.logits);
  CHECK(compiled.output == planned.output);
  CHECK(compiled.arena_floats == planned.arena_floats);
  CHECK(compiled.parameter_floats == planned.parameter_floats);
  CHECK(compiled.folded_floats == planned.folded_floats);
}

}  // namespace

TEST_CASE("the plan that the compiler makes is the one that the running program makes", "[plan]")
{
  check_same_at_run_time<small>();
  check_same_at_run_time<tiny_network>();
}

TEST_CASE("a view shows a draft without copying it", "[plan]")
{
  const draft written = lowered<small>();
  const plan_view seen = view_of(written);
  CHECK(seen.ops.data() == written.ops.data());
  CHECK(seen.parts.data() == written.parts.data());
  CHECK(seen.parameters.size() == 7);  // four of the norm, the convolution's, the linear layer's two
  CHECK(seen.logits == written.logits);
}

TEST_CASE("passes change no parameter, no part's extents, and neither input nor output", "[plan]")
{
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const draft written = random_network{draw}.written();
    const draft planned = for_inference(written);
    CHECK(planned.parameter_floats == written.parameter_floats);
    CHECK(planned.parameters.size() == written.parameters.size());
    CHECK(planned.norms.size() == written.norms.size());
    CHECK(planned.input.shape == written.input.shape);
    CHECK(planned.output.shape == written.output.shape);
    CHECK(planned.logits.shape == written.logits.shape);
    REQUIRE(planned.parts.size() == written.parts.size());
    for (std::size_t i = 0; i < written.parts.size(); ++i) CHECK(planned.parts[i].out.shape == written.parts[i].out.shape);
  }
}

TEST_CASE("what passes bring can be compared by leaving them out", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const draft all = for_inference(written);
  const draft apart = for_inference(written, {.fuse_pools = false});
  const draft ordered = for_inference(written, {.pool_first = false, .fuse_pools = false});
  CHECK(count_of(view_of(all), op_kind::average_pool) + count_of(view_of(all), op_kind::max_pool) == 0);
  CHECK(count_of(view_of(apart), op_kind::average_pool) == 3);
  CHECK(count_of(view_of(apart), op_kind::max_pool) == 1);
  CHECK(apart.ops.size() == all.ops.size() + 4);
  CHECK(ordered.ops.size() == apart.ops.size());
  const auto macs = [](const draft& plan) { return convolution_macs(view_of(plan), "features", none); };
  CHECK(macs(all) == macs(apart));
  CHECK(macs(ordered) == macs(lowered<tiny_network>()));
  CHECK(macs(apart) < macs(ordered));
  // Means of what a convolution makes are not formed as it reads: without pool_first only the stem is fused.
  CHECK(for_inference(written, {.pool_first = false}).ops.size() == ordered.ops.size() - 1);
}

TEST_CASE("in networks that nobody thought of every number is read as it was written", "[plan]")
{
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const inference_passes wanted{.pool_first = seed % 2 == 0, .fuse_pools = seed % 3 != 0};
    const draft planned = for_inference(random_network{draw}.written(), wanted);
    CHECK(all_slices_are_inside(view_of(planned)));
    CHECK(count_clashes(view_of(planned)) == 0);
    CHECK(count_misreadings(view_of(planned)) == 0);
    CHECK(count_of(view_of(planned), op_kind::dropout) == 0);
    CHECK(std::all_of(planned.norms.begin(), planned.norms.end(), [&](const norm& each) {
      const int number = static_cast<int>(&each - planned.norms.data());
      return std::any_of(planned.ops.begin(), planned.ops.end(), [&](const op& step) {
        return step.norm_before == number || step.norm_after == number;
      });
    }));
  }
}
