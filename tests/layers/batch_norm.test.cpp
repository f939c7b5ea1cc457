// SPDX-License-Identifier: MIT

#include <thorax/layers/batch_norm.hpp>

#include <thorax/graph/layer.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace thorax;

TEST_CASE("a batch norm keeps all extents", "[layers]")
{
  STATIC_REQUIRE(layer<batch_norm>);
  STATIC_REQUIRE(layer<batch_norm_with<epsilon<1, 1000>>>);
  STATIC_REQUIRE(batch_norm::accepts({7, 3, 2}));
  STATIC_REQUIRE(batch_norm::output({7, 3, 2}) == extents{7, 3, 2});
  STATIC_REQUIRE(epsilon<1, 1000>::value == 1e-3);
}

TEST_CASE("a batch norm has four parameters a channel, in timm's order", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({7, 3, 2});
  const slice out = batch_norm::lower(plan, in);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].kind == op_kind::activation);
  CHECK(plan.ops[0].norm_before == 0);
  CHECK(!plan.ops[0].relu_before);
  CHECK(out.shape == in.shape);
  CHECK(out.buffer != in.buffer);
  std::vector<parameter_kind> kinds;
  for (const parameter& each : plan.parameters) {
    kinds.push_back(each.kind);
    CHECK(each.size() == 7);
  }
  CHECK(kinds == std::vector<parameter_kind>{parameter_kind::norm_weight, parameter_kind::norm_bias,
                                             parameter_kind::running_mean, parameter_kind::running_variance});
  REQUIRE(plan.norms.size() == 1);
  CHECK(plan.norms[0].first_parameter == 0);
  CHECK(plan.norms[0].channels == 7);
}

TEST_CASE("an epsilon is the default one unless it is written", "[layers]")
{
  draft plan;
  const slice in = plan.new_buffer({2, 1, 1});
  batch_norm_with<epsilon<3, 8>>::lower(plan, batch_norm::lower(plan, in));
  REQUIRE(plan.norms.size() == 2);
  CHECK(plan.norms[0].epsilon == 1e-5);
  CHECK(plan.norms[0].epsilon_is_default);
  CHECK(plan.norms[1].epsilon == 0.375);
  CHECK(!plan.norms[1].epsilon_is_default);
  CHECK(plan.norms[1].first_parameter == 4);
}
