// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/update.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/update.hpp>

#include <span>
#include <vector>

using namespace thorax::tests;
using thorax::adam_step;
using thorax::cpu_update;
using thorax::reference_update;
using thorax::workers;

namespace {

struct training {
  std::vector<float> parameters;
  std::vector<float> first;
  std::vector<float> second;
};

}  // namespace

TEST_CASE("five steps of the cpu's Adam are the reference's", "[backend]")
{
  for (const std::size_t count : {std::size_t{1}, std::size_t{1000}, std::size_t{40003}}) {
    INFO(count << " parameters");
    drawing draw{count};
    const training start{draw.numbers(count), std::vector<float>(count), std::vector<float>(count)};
    std::vector<std::vector<float>> gradients;
    for (int step = 0; step < 5; ++step) gradients.push_back(draw.numbers(count));
    const auto train = [&](auto backend, const workers& w) {
      training now = start;
      for (std::size_t step = 0; step < 5; ++step)
        backend.adam(w, std::span{now.parameters}, gradients[step], now.first, now.second,
                     adam_step{.learning_rate = 0.01, .step = static_cast<std::int64_t>(step) + 1});
      return now;
    };
    crew one{1};
    crew three{3};
    const training alone = train(cpu_update{}, *one);
    const training together = train(cpu_update{}, *three);
    check_same_bits("parameters", alone.parameters, together.parameters);
    check_same_bits("first moments", alone.first, together.first);
    check_same_bits("second moments", alone.second, together.second);
    const training expected = train(reference_update{}, *one);
    // Parameters below 8 are rounded at each of five steps; moments are below 4 and rounded three times a step.
    check_close("parameters", alone.parameters, expected.parameters, 5 * 8 * float_rounding);
    check_close("first moments", alone.first, expected.first, 15 * 4 * float_rounding);
    check_close("second moments", alone.second, expected.second, 15 * 4 * float_rounding);
  }
}

TEST_CASE("the cpu's Adam refuses moments of another size and a step 0", "[backend]")
{
  std::vector<float> one{0};
  std::vector<float> two{0, 0};
  CHECK_THROWS_AS(cpu_update::adam({}, std::span{one}, two, one, one, {}), thorax::error);
  CHECK_THROWS_AS(cpu_update::adam({}, std::span{one}, one, one, one, adam_step{.step = 0}), thorax::error);
}
