// SPDX-License-Identifier: MIT
#include <thorax/model/placed_parameters.hpp>

#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"
#include "support/packed_run.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <vector>

using namespace thorax::tests;

TEST_CASE("parameters on the host stay where they are, others are copied one by one", "[model]")
{
  const thorax::draft written = thorax::lowered<tiny_network>();
  const thorax::plan_view plan = view_of(written);
  const std::vector<float> numbers = random_weights(plan, 3);
  const std::vector<const float*> pointers = parameters_in(plan, numbers);
  const thorax::placed_parameters<thorax::host_memory> same{plan, pointers.data()};
  CHECK(same.pointers() == pointers.data());

  const thorax::placed_parameters<other_memory> copies{plan, pointers.data()};
  REQUIRE(plan.parameters.size() > 10);
  for (std::size_t k = 0; k < plan.parameters.size(); ++k)
    for (std::size_t i = 0; i < plan.parameters[k].size(); ++i)
      REQUIRE(copies.pointers()[k][i] == other_memory::turned(pointers[k][i]));
}
