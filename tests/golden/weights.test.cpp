// SPDX-License-Identifier: MIT

#include "support/golden_weights.hpp"

#include <thorax/plan/names.hpp>

#include "support/catch.hpp"
#include "support/golden_file.hpp"
#include "support/tiny_network.hpp"

#include <string>
#include <vector>

using namespace thorax::tests;

namespace {

// Both sides round the same double to float; 1e-7 is room for a last digit that was written in decimal.
constexpr double last_digit = 1e-7;

}  // namespace

TEST_CASE("golden weights are those of the Python script, under the same names and in the same order", "[golden]")
{
  const golden_file expected{"tiny_parameters.txt"};
  const thorax::plan_view& plan = thorax::inference_plan<tiny_network>;
  const std::vector<float> numbers = golden_weights(plan);
  REQUIRE(expected.records().size() > plan.parameters.size());
  for (std::size_t k = 0; k < plan.parameters.size(); ++k) {
    const thorax::parameter& tensor = plan.parameters[k];
    CHECK(expected.records()[k].name == thorax::name_of(plan, tensor));
    check_golden(expected.records()[k], {numbers.data() + tensor.offset, tensor.size()}, last_digit);
  }
}

TEST_CASE("golden films are those of the Python script", "[golden]")
{
  const golden_file expected{"tiny_parameters.txt"};
  for (const std::uint64_t number : {0U, 1U, 4U}) {
    const std::string name = "film" + std::to_string(number);
    check_golden(expected[name], golden_film(number, {3, 64, 64}), 2 * last_digit);
  }
}

TEST_CASE("a golden file that is not there is refused by name", "[golden]")
{
  CHECK_THROWS_AS(golden_file{"nothing.txt"}, thorax::error);
}
