// SPDX-License-Identifier: MIT
#include <thorax/train/trained_numbers.hpp>

#include <thorax/backend/reference/update.hpp>
#include <thorax/plan/lower.hpp>
#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <vector>

using namespace thorax::tests;

namespace {

/// The reference, where numbers lie with bits turned.
struct apart {
  static void adam(const thorax::workers& crew, std::span<float> parameters, std::span<const float> gradient,
                   std::span<float> first, std::span<float> second, const thorax::adam_step& step)
  {
    const auto turned = [](std::span<const float> numbers) {
      std::vector<float> all(numbers.begin(), numbers.end());
      std::transform(all.begin(), all.end(), all.begin(), other_memory::turned);
      return all;
    };
    std::vector<float> own[] = {turned(parameters), turned(first), turned(second)};
    thorax::reference_update::adam<float>(crew, own[0], turned(gradient), own[1], own[2], step);
    std::transform(own[0].begin(), own[0].end(), parameters.begin(), other_memory::turned);
    std::transform(own[1].begin(), own[1].end(), first.begin(), other_memory::turned);
    std::transform(own[2].begin(), own[2].end(), second.begin(), other_memory::turned);
  }
};

/// returns:  parameters and moments after two updates with gradients that somebody made there
template<class Backend, class Memory>
std::vector<float> updated()
{
  const thorax::draft written = thorax::lowered<tiny_network>();
  thorax::trained_numbers<Memory> numbers{written.parameters, random_weights(view_of(written), 3)};
  const std::size_t first = written.parameters[9].offset;
  numbers.begin(first);
  CHECK(numbers.first() == first);
  CHECK(numbers.gradients.size() == written.parameter_floats - first);
  std::vector<float> gradient(numbers.gradients.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = static_cast<float>(i % 7) - 3;
  for (const std::int64_t step : {1, 2}) {
    Memory::copy_in(gradient.data(), gradient.size(), numbers.gradients.change_there());
    numbers.template update<Backend>({}, {.step = step});
  }
  const float* const* const pointers = numbers.pointers_on_host();
  CHECK(pointers[9] == numbers.parameters.read().data() + first);
  CHECK(numbers.pointers_there()[9] == numbers.parameters.read_there() + first);
  std::vector<float> all;
  for (const auto* each : {&numbers.parameters, &numbers.first_moments, &numbers.second_moments})
    all.insert(all.end(), each->read().begin(), each->read().end());
  return all;
}

}  // namespace

TEST_CASE("numbers that train are the same wherever the backend computes", "[train]")
{
  const std::vector<float> here = updated<thorax::reference_update, thorax::host_memory>();
  CHECK(here == updated<apart, other_memory>());
}

TEST_CASE("where training begins anew, gradients and moments are 0 and parameters stay", "[train]")
{
  const thorax::draft written = thorax::lowered<tiny_network>();
  const std::vector<float> start = random_weights(view_of(written), 3);
  thorax::trained_numbers<thorax::host_memory> numbers{written.parameters, start};
  numbers.begin(0);
  std::ranges::fill(numbers.first_moments.change(), 1.0F);
  numbers.begin(5);
  CHECK(numbers.first_moments.size() == start.size() - 5);
  CHECK(std::ranges::all_of(numbers.first_moments.read(), [](float m) { return m == 0; }));
  CHECK(std::ranges::equal(numbers.parameters.read(), start));
}
