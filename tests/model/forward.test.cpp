// SPDX-License-Identifier: MIT

#include <thorax/model/forward.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/model/workspace.hpp>
#include <thorax/plan/plan.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/network_in_double.hpp"
#include "support/random_network.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::draft;

namespace {

struct answer {
  std::vector<float> logits;
  std::vector<float> output;
};

std::vector<float> numbers_of(const thorax::view<float>& maps)
{
  std::vector<float> all;
  for (int n = 0; n < maps.samples; ++n) all.insert(all.end(), maps.sample(n), maps.sample(n) + maps.shape.size());
  return all;
}

// Everything that a kernel could read before it is written is not a number.
template<class Backend>
answer run(const draft& plan, const std::vector<float>& parameters, const std::vector<float>& samples, int count,
           int threads)
{
  std::vector<const float*> pointers;
  for (const thorax::parameter& each : plan.parameters) pointers.push_back(parameters.data() + each.offset);
  std::vector<float> folded(plan.folded_floats);
  for (const thorax::norm& rule : plan.norms)
    thorax::fold_running_statistics<Backend>(rule, pointers.data(), {}, folded.data());
  constexpr float unwritten = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> arena(plan.arena_floats * static_cast<std::size_t>(count), unwritten);
  thorax::thread_pool pool{threads};
  thorax::workspace space;
  const thorax::workers crew = space.prepare(0, thorax::scratch_floats<Backend>(view_of(plan)), &pool);
  const thorax::bindings bound{view_of(plan), count, arena.data(), pointers.data(), folded.data()};
  const thorax::view<float> in = bound.maps(plan.input);
  REQUIRE(samples.size() == in.shape.size() * static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n)
    std::copy_n(samples.data() + static_cast<std::size_t>(n) * in.shape.size(), in.shape.size(), in.sample(n));
  thorax::run_forward<Backend>(bound, crew);
  return {numbers_of(bound.maps(plan.logits)), numbers_of(bound.maps(plan.output))};
}

// Ops that have rules before and behind them, as training and explanation make them too. Pools inside of convolutions
// are for predictors alone.
draft with_rules(draft written)
{
  return thorax::for_inference(std::move(written), {.fuse_pools = false});
}

// The same two films through the ops as written, in double, and through what passes made of them.
class comparison {
public:
  comparison(const draft& written, std::uint64_t seed)
    : written_{written}, parameters_{random_weights(view_of(written), seed)},
      samples_{random_pixels(count * written.input.shape.size(), seed + 1)}, exact_{written, parameters_}
  {
    exact_.run(samples_, count);
  }

  template<class Backend>
  void check(const std::string& name, const draft& plan, double tolerance)
  {
    const answer found = run<Backend>(plan, parameters_, samples_, count, 1);
    const double logits = apart(found.logits, written_.logits);
    const double output = apart(found.output, written_.output);
    INFO(Backend::name << ", " << name << ": logits differ by " << logits << ", output by " << output);
    CHECK(logits < tolerance);
    CHECK(output < tolerance);
    const answer shared = run<Backend>(plan, parameters_, samples_, count, 3);
    CHECK(shared.logits == found.logits);
    CHECK(shared.output == found.output);
  }

private:
  static constexpr int count = 2;

  double apart(const std::vector<float>& found, const thorax::slice& of)
  {
    return thorax::distance_between<float, double>(found, exact_.numbers(of)).relative;
  }

  const draft& written_;
  std::vector<float> parameters_;
  std::vector<float> samples_;
  network_in_double exact_;
};

void check_forward(const draft& written, std::uint64_t seed)
{
  comparison compared{written, seed};
  const draft placed = thorax::place_in_arena(written);
  compared.check<thorax::reference>("as written", placed, 1e-5);
  compared.check<thorax::cpu>("as written", placed, 1e-4);
  const draft planned = with_rules(written);
  compared.check<thorax::reference>("with rules", planned, 1e-5);
  compared.check<thorax::cpu>("with rules", planned, 1e-4);
}

}  // namespace

TEST_CASE("channel after channel, a plan says what its ops say in double: the tiny network", "[model]")
{
  check_forward(thorax::lowered<tiny_network>(), 3);
}

TEST_CASE("channel after channel, a plan says what its ops say in double: networks that nobody thought of", "[model]")
{
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    check_forward(random_network{draw}.written(), seed);
  }
}
