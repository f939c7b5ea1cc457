// SPDX-License-Identifier: MIT

#include <thorax/model/initial_weights.hpp>

#include "support/catch.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

using namespace thorax;

namespace {

const plan_view& plan = inference_plan<tiny_network>;

std::vector<float> initial(std::uint64_t seed)
{
  std::vector<float> numbers(plan.parameter_floats, -7);
  fill_initial(plan, seed, numbers);
  return numbers;
}

// Checks mean and deviation of what should be uniform in ±limit, each with five standard errors of room.
void check_uniform(std::span<const float> numbers, double limit)
{
  const auto count = static_cast<double>(numbers.size());
  double sum = 0;
  double squares = 0;
  for (const float number : numbers) {
    CHECK(std::abs(number) <= limit);
    sum += double{number};
    squares += double{number} * double{number};
  }
  const double deviation = limit / std::sqrt(3.0);
  CHECK(std::abs(sum / count) < 5 * deviation / std::sqrt(count));
  CHECK(std::abs(squares / count - deviation * deviation) < 5 * deviation * deviation * std::sqrt(0.8 / count));
}

}  // namespace

TEST_CASE("norms start as the identity and biases at 0", "[model]")
{
  const std::vector<float> numbers = initial(1);
  for (const parameter& each : plan.parameters) {
    if (each.kind == parameter_kind::weight) continue;
    const bool ones = each.kind == parameter_kind::norm_weight || each.kind == parameter_kind::running_variance;
    const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(each.offset);
    CHECK(std::all_of(begin, begin + static_cast<std::ptrdiff_t>(each.size()),
                      [&](float number) { return number == (ones ? 1.0F : 0.0F); }));
  }
}

TEST_CASE("weights start uniform within the limits of He and of Glorot", "[model]")
{
  const std::vector<float> numbers = initial(2);
  int looked_at = 0;
  for (const parameter& each : plan.parameters) {
    if (each.kind != parameter_kind::weight) continue;
    const double fan_in = each.rank == 2 ? each.shape[1] : each.shape[1] * each.shape[2] * each.shape[3];
    const double limit = std::sqrt(6.0 / (each.rank == 2 ? fan_in + each.shape[0] : fan_in));
    check_uniform(std::span{numbers}.subspan(each.offset, each.size()), limit);
    ++looked_at;
  }
  CHECK(looked_at == 1 + 8 * 2 + 3 + 2);
}

TEST_CASE("initial weights are a function of the seed and of the parameter's number", "[model]")
{
  const std::vector<float> first = initial(3);
  CHECK(initial(3) == first);
  const std::vector<float> other = initial(4);
  const parameter& stem = plan.parameters.front();
  CHECK(!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(stem.size()), other.begin()));
  std::vector<float> alone(stem.size());
  fill_initial(stem, 0, 3, alone);
  CHECK(std::equal(alone.begin(), alone.end(), first.begin()));
  std::vector<float> moved(stem.size());
  fill_initial(stem, 1, 3, moved);
  CHECK(moved != alone);
}
