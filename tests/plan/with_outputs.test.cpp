// SPDX-License-Identifier: MIT

#include <thorax/plan/with_outputs.hpp>

#include <thorax/networks/chest_network.hpp>
#include <thorax/plan/names.hpp>
#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

using namespace thorax;

namespace {

using of_five = chest_classifier<small_densenet_features, 64, 5>;
using of_two = chest_classifier<small_densenet_features, 64, 2>;

/// Compares everything that a plan says.
void check_same(const draft& found, const draft& expected)
{
  CHECK(found.parameter_floats == expected.parameter_floats);
  CHECK(found.logits == expected.logits);
  CHECK(found.output == expected.output);
  REQUIRE(found.ops.size() == expected.ops.size());
  for (std::size_t i = 0; i < found.ops.size(); ++i) {
    CHECK(found.ops[i].in == expected.ops[i].in);
    CHECK(found.ops[i].out == expected.ops[i].out);
  }
  for (std::size_t i = 0; i < found.buffers.size(); ++i) {
    CHECK(found.buffers[i].shape == expected.buffers[i].shape);
    CHECK(found.buffers[i].kept == expected.buffers[i].kept);
    CHECK(found.buffers[i].offset == expected.buffers[i].offset);
  }
  for (std::size_t i = 0; i < found.parameters.size(); ++i) {
    CHECK(extents_text(found.parameters[i]) == extents_text(expected.parameters[i]));
    CHECK(found.parameters[i].offset == expected.parameters[i].offset);
  }
  for (std::size_t i = 0; i < found.parts.size(); ++i) CHECK(found.parts[i].out == expected.parts[i].out);
}

}  // namespace

TEST_CASE("a network with other outputs is the network written with as many", "[plan]")
{
  check_same(with_outputs(lowered<of_two>(), 5), lowered<of_five>());
  check_same(with_outputs(lowered<of_five>(), 2), lowered<of_two>());
  check_same(for_inference(with_outputs(lowered<of_two>(), 5)), for_inference(lowered<of_five>()));
  check_same(with_outputs(lowered<densenet121>(), 18), lowered<densenet<densenet121_features, 224, 18>>());
}

TEST_CASE("other outputs are refused where a network does not end with a linear layer", "[plan]")
{
  CHECK(refuses(error_code::does_not_fit, "at least one output", [] { with_outputs(lowered<of_two>(), 0); }));
  draft without;
  without.input = without.new_buffer({1, 1, 1});
  without.emit({.kind = op_kind::softmax, .in = without.input, .out = without.new_buffer({1, 1, 1})});
  CHECK(refuses(error_code::does_not_fit, "without a linear layer", [&] { with_outputs(without, 2); }));
  draft normed = lowered<of_two>();
  normed.emit({.kind = op_kind::activation, .in = normed.output, .out = normed.output, .norm_before = normed.new_norm(2, 1e-3, false)});
  CHECK(refuses(error_code::does_not_fit, "ends with a linear layer", [&] { with_outputs(normed, 3); }));
}
