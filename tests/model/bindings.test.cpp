// SPDX-License-Identifier: MIT

#include <thorax/model/bindings.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace thorax;

namespace {

// Two buffers, one norm, three parameters besides the norm's four.
struct bound_plan {
  bound_plan()
  {
    plan.input = plan.new_buffer({2, 3, 4});
    plan.new_buffer({5, 2, 2});
    plan.buffers[1].offset = 32;
    plan.arena_floats = 64;
    plan.new_norm(2, 1e-5, true);
    plan.new_norm(3, 1e-5, true);
    bias = plan.new_parameter(parameter_kind::bias, {5});
    arena.resize(2 * plan.arena_floats);
    numbers.resize(plan.parameter_floats);
    folded.resize(plan.folded_floats);
    for (const parameter& each : plan.parameters) pointers.push_back(numbers.data() + each.offset);
  }

  [[nodiscard]] bindings at(int samples) { return {view_of(plan), samples, arena.data(), pointers.data(), folded.data()}; }

  draft plan;
  int bias{};
  std::vector<float> arena;
  std::vector<float> numbers;
  std::vector<float> folded;
  std::vector<const float*> pointers;
};

}  // namespace

TEST_CASE("the maps of a batch lie buffer by buffer, sample by sample", "[model]")
{
  bound_plan here;
  const bindings bound = here.at(2);
  const view<float> input = bound.maps(here.plan.input);
  CHECK(input.data == here.arena.data());
  CHECK(input.samples == 2);
  CHECK(input.shape == extents{2, 3, 4});
  CHECK(input.sample_stride == 24);
  const view<float> second = bound.maps({1, 0, {5, 2, 2}});
  CHECK(second.data == here.arena.data() + 2 * 32);
  CHECK(second.sample(1) == second.data + 20);
}

TEST_CASE("a slice begins at its first channel and keeps the stride of its buffer", "[model]")
{
  bound_plan here;
  const view<float> some = here.at(2).maps({1, 3, {2, 2, 2}});
  CHECK(some.data == here.arena.data() + 2 * 32 + 3 * 4);
  CHECK(some.shape.channels == 2);
  CHECK(some.sample_stride == 20);
  CHECK(here.at(1).reading({1, 3, {2, 2, 2}}).data == here.arena.data() + 32 + 3 * 4);
}

TEST_CASE("a rule points to its norm's scales and shifts, or to a bias", "[model]")
{
  bound_plan here;
  const bindings bound = here.at(1);
  op step;
  CHECK(bound.rule_before(step).is_identity());
  CHECK(bound.rule_after(step).is_identity());
  step.norm_before = 1;
  step.relu_before = true;
  const activation_rule<float> before = bound.rule_before(step);
  CHECK(before.scale == here.folded.data() + 4);
  CHECK(before.shift == here.folded.data() + 4 + 3);
  CHECK(before.relu);
  CHECK(bound.rule_after(step).is_identity());
  step.norm_after = 0;
  CHECK(bound.rule_after(step).scale == here.folded.data());
  CHECK(!bound.rule_after(step).relu);
  step = {};
  step.bias = here.bias;
  CHECK(bound.rule_after(step).scale == nullptr);
  CHECK(bound.rule_after(step).shift == here.pointers.back());
  CHECK(bound.weights(none) == nullptr);
  CHECK(bound.weights(here.bias) == here.pointers.back());
}
