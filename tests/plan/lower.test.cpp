// SPDX-License-Identifier: MIT

#include <thorax/plan/lower.hpp>

#include <thorax/layers/batch_norm.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/global_average_pool.hpp>
#include <thorax/layers/linear.hpp>
#include <thorax/layers/relu.hpp>
#include <thorax/layers/softmax.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

#include <string>
#include <vector>

using namespace thorax;

namespace {

struct with_append : network<input<2, 4, 4>, append<conv2d<3, kernel<3>>>, yields<5, 4, 4>> {};
struct short_chain : chain<relu, conv2d<1, kernel<1>>> {};
struct with_repeat : network<input<1, 4, 4>, repeat<3, short_chain>, named<"last", relu>> {};
struct classifier : network<input<1, 4, 4>, global_average_pool, linear<2>, softmax> {};

// A layer that a user might write, with its op in it.
struct first_half_only {
  static constexpr bool accepts(extents in) { return in.channels > 1; }
  static constexpr extents output(extents in) { return {in.channels / 2, in.height, in.width}; }
  static constexpr slice lower(draft&, slice in) { return {in.buffer, in.first_channel, output(in.shape)}; }
};
struct with_own_layer : network<input<4, 2, 2>, first_half_only, relu> {};

struct not_lowerable {
  static constexpr bool accepts(extents) { return true; }
  static constexpr extents output(extents in) { return in; }
};

std::vector<op_kind> kinds_of(const draft& plan)
{
  std::vector<op_kind> kinds;
  for (const op& step : plan.ops) kinds.push_back(step.kind);
  return kinds;
}

std::vector<std::string> words_of(const draft& plan)
{
  std::vector<std::string> words;
  for (const part& each : plan.parts)
    words.push_back(std::string{each.word} + (each.number == none ? "" : std::to_string(each.number)));
  return words;
}

}  // namespace

TEST_CASE("an append is its body and two copies into the maps of both", "[plan]")
{
  const draft plan = lowered<with_append>();
  REQUIRE(kinds_of(plan) == std::vector<op_kind>{op_kind::convolution, op_kind::activation, op_kind::activation});
  CHECK(plan.ops[1].in == plan.input);
  CHECK(plan.ops[1].out == slice{plan.output.buffer, 0, {2, 4, 4}});
  CHECK(plan.ops[2].in == plan.ops[0].out);
  CHECK(plan.ops[2].out == slice{plan.output.buffer, 2, {3, 4, 4}});
  CHECK(plan.output.shape == extents{5, 4, 4});
}

TEST_CASE("each layer reads what the one before it made, and is a part that knows what it made", "[plan]")
{
  const draft plan = lowered<with_repeat>();
  REQUIRE(plan.ops.size() == 7);
  CHECK(plan.ops[0].in == plan.input);
  for (std::size_t i = 1; i < plan.ops.size(); ++i) CHECK(plan.ops[i].in == plan.ops[i - 1].out);
  CHECK(plan.output == plan.ops.back().out);
  CHECK(words_of(plan) == std::vector<std::string>{"shortchain1", "relu", "conv", "shortchain2", "relu", "conv",
                                                   "shortchain3", "relu", "conv", "last"});
  CHECK(plan.parts[3].out == plan.ops[3].out);
  CHECK(plan.parts[3].first_op == 2);
  CHECK(plan.parts[3].last_op == 4);
}

TEST_CASE("logits are what a softmax at the end reads, else the output, and both are kept", "[plan]")
{
  const draft plan = lowered<classifier>();
  CHECK(plan.logits == plan.ops[1].out);
  CHECK(plan.output == plan.ops[2].out);
  CHECK(plan.buffer_of(plan.logits).kept);
  CHECK(plan.buffer_of(plan.output).kept);
  CHECK(!plan.buffer_of(plan.input).kept);
  const draft without = lowered<with_repeat>();
  CHECK(without.logits == without.output);
}

TEST_CASE("a layer may be anybody's, and may make no op at all", "[plan]")
{
  STATIC_REQUIRE(lowerable_layer<first_half_only>);
  STATIC_REQUIRE(!lowerable_layer<not_lowerable>);
  const draft plan = lowered<with_own_layer>();
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].in == slice{plan.input.buffer, 0, {2, 2, 2}});
  CHECK(words_of(plan) == std::vector<std::string>{"firsthalfonly", "relu"});
}

TEST_CASE("the same network lowers at any input that it accepts", "[plan]")
{
  const draft square = lowered<tiny_network>();
  const draft wide = lowered<tiny_network>({3, 64, 100});
  CHECK(square.input.shape == extents{3, 64, 64});
  CHECK(wide.input.shape == extents{3, 64, 100});
  CHECK(wide.parameter_floats == square.parameter_floats);
  CHECK(kinds_of(wide) == kinds_of(square));
}

TEST_CASE("an input that a network cannot take is refused", "[plan]")
{
  CHECK(refuses(error_code::does_not_fit, "cannot take an input", [] { lowered<tiny_network>({3, 8, 64}); }));
}

TEST_CASE("the compiler lowers as the running program does", "[plan]")
{
  constexpr std::size_t ops = lowered<with_repeat>().ops.size();
  CHECK(ops == lowered<with_repeat>().ops.size());
  STATIC_REQUIRE(lowered<classifier>().parameter_floats == 4);
}

TEST_CASE("capacities counted on the type alone are enough", "[plan]")
{
  using detail::count_each;
  const draft plan = lowered<tiny_network>();
  CHECK(count_each<tiny_network::layers>::run().ops == plan.ops.size());
  CHECK(count_each<tiny_network::layers>::run().parts == plan.parts.size());
  CHECK(count_each<with_append::layers>::run().ops == 3);
}
