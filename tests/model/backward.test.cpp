// SPDX-License-Identifier: MIT

#include <thorax/model/backward.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/model/workspace.hpp>
#include <thorax/plan/lower.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/network_in_double.hpp"
#include "support/random_network.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::draft;
using thorax::training_options;
using thorax::training_plan;

namespace {

constexpr int batch_size = 3;
const std::vector<int> findings{0, 2, 1};
const std::vector<float> film_weights{1, 0.5F, 2};
const thorax::random_stream lots{77};

struct step_result {
  double loss{};
  std::vector<float> gradients;   // of all parameters; 0 where none was wanted
  std::vector<float> parameters;  // with running statistics as they are after the step
  std::vector<float> logits;
  std::vector<float> part;
  std::vector<float> part_gradient;
};

std::vector<float> numbers_of(const thorax::view<float>& maps)
{
  std::vector<float> all;
  for (int n = 0; n < maps.samples; ++n) all.insert(all.end(), maps.sample(n), maps.sample(n) + maps.shape.size());
  return all;
}

// One step on memory that holds what is not a number wherever a kernel could read before it is written.
template<class Backend>
step_result run(const training_plan& made, const std::vector<float>& parameters, const std::vector<float>& samples,
                int threads = 1)
{
  constexpr float unwritten = std::numeric_limits<float>::quiet_NaN();
  step_result result;
  result.parameters = parameters;
  result.gradients.assign(parameters.size(), 0);
  std::vector<const float*> pointers;
  for (const thorax::parameter& each : made.plan.parameters) pointers.push_back(parameters.data() + each.offset);
  std::vector<float> folded(made.plan.folded_floats);
  for (const thorax::norm& rule : made.plan.norms)
    thorax::fold_running_statistics<Backend>(rule, pointers.data(), {}, folded.data());
  std::vector<float> statistics(made.statistics_floats, unwritten);
  std::vector<float> lines(made.statistics_floats, unwritten);
  std::vector<thorax::norm_sums> sums(batch_size * made.most_norm_channels());
  std::vector<float> arena(made.plan.arena_floats * batch_size, unwritten);
  thorax::thread_pool pool{threads};
  thorax::workspace space;
  const thorax::workers crew = space.prepare(0, thorax::scratch_floats<Backend>(view_of(made.plan)), &pool);
  const thorax::bindings bound{view_of(made.plan), batch_size, arena.data(), pointers.data(), folded.data()};
  const thorax::view<float> in = bound.maps(made.plan.input);
  for (int n = 0; n < batch_size; ++n)
    std::copy_n(samples.data() + static_cast<std::size_t>(n) * in.shape.size(), in.shape.size(), in.sample(n));
  const thorax::training_bindings all{.forward = bound, .plan = made, .norms = made.plan.norms, .folded = folded.data(),
                                      .statistics = statistics.data(), .lines = lines.data(), .sums = sums.data(),
                                      .gradients = result.gradients.data(),
                                      .lots = &lots, .running = result.parameters.data()};
  thorax::run_training_plan<Backend>(all, crew, [&](thorax::view<const float> logits, thorax::view<float> d_logits) {
    result.logits = numbers_of(bound.maps(made.plan.logits));
    result.loss = Backend::weighted_cross_entropy(crew, logits, findings, film_weights, 0.1F, d_logits, {});
  });
  thorax::average_running_statistics<Backend>(all, crew);
  if (made.options.part != thorax::none) {
    result.part = numbers_of(bound.maps(made.part_out));
    result.part_gradient = numbers_of(bound.maps(made.part_gradient));
  }
  return result;
}

// The steps for the ops as written, each buffer in a place of its own.
training_plan without_passes(draft written, const training_options& options)
{
  thorax::detail::leave_out_probabilities(written);
  training_plan made;
  made.plan = thorax::drop_dropout(std::move(written), options.dropout ? options.boundary : network_in_double::never);
  made.options = options;
  if (options.part != thorax::none) made.part_out = made.plan.parts[static_cast<std::size_t>(options.part)].out;
  thorax::detail::step_writer{made}.write();
  for (thorax::buffer& each : made.plan.buffers) {
    each.offset = made.plan.arena_floats;
    made.plan.arena_floats += each.shape.size();
    made.statistics.push_back(made.statistics_floats);
    made.statistics_floats += 2 * static_cast<std::size_t>(each.shape.channels);
  }
  return made;
}

network_in_double exact_network(const draft& written, const std::vector<float>& parameters,
                                const training_options& options)
{
  network_in_double exact{written, parameters};
  exact.lots = &lots;
  if (options.batch_statistics) exact.batch_from = options.boundary;
  if (options.dropout) exact.drop_from = options.boundary;
  return exact;
}

double norm_of(const std::vector<double>& numbers)
{
  double sum = 0;
  for (const double number : numbers) sum += number * number;
  return std::sqrt(sum);
}

// How the loss changes along a random direction of one parameter, by central differences in double. The step is
// small enough that hardly ever a ReLU or a maximum changes sides, and large enough for 1e-8 of rounding.
double slope_along(network_in_double& exact, const thorax::parameter& moved, const std::vector<double>& direction,
                   const std::vector<float>& samples)
{
  constexpr double step = 1e-7;
  const auto loss_at = [&](double way) {
    for (std::size_t i = 0; i < direction.size(); ++i) exact.parameters[moved.offset + i] += way * direction[i];
    exact.run(samples, batch_size);
    const double loss = exact.loss(findings, film_weights, 0.1F);
    for (std::size_t i = 0; i < direction.size(); ++i) exact.parameters[moved.offset + i] -= way * direction[i];
    return loss;
  };
  return (loss_at(step) - loss_at(-step)) / (2 * step);
}

// Every trained parameter's gradient against the slope of the loss; every other one's must be 0.
void check_slopes(const draft& written, const training_plan& made, const step_result& found,
                  const std::vector<float>& parameters, const std::vector<float>& samples, drawing& draw)
{
  network_in_double exact = exact_network(written, parameters, made.options);
  double largest = 0;
  for (const float number : found.gradients) largest = std::max(largest, std::abs(double{number}));
  for (std::size_t k = 0; k < made.plan.parameters.size(); ++k) {
    const thorax::parameter& each = made.plan.parameters[k];
    const auto* const gradient = found.gradients.data() + each.offset;
    if (!made.trains(each)) {
      CHECK(std::all_of(gradient, gradient + each.size(), [](float g) { return g == 0; }));
      continue;
    }
    const std::vector<double> direction = draw.numbers<double>(each.size());
    double slope = 0;
    for (std::size_t i = 0; i < direction.size(); ++i) slope += direction[i] * double{gradient[i]};
    const double expected = slope_along(exact, each, direction, samples);
    INFO("parameter " << k << " at position " << each.position << ": slope " << slope << ", expected " << expected);
    CHECK(std::abs(slope - expected) <= 2e-4 * (largest + std::abs(expected)) * norm_of(direction));
  }
}

// The gradient at some of a part's numbers against the slope of the loss, by running again what follows the part.
// Where a ReLU or a maximum is just about to change sides there is no one slope to compare with.
int check_part_gradient(network_in_double& exact, const thorax::slice& maps, int position,
                         const std::vector<float>& gradient, drawing& draw)
{
  constexpr double step = 1e-6;
  constexpr int looked_at = 16;
  int smooth = 0;
  double largest = 0;
  for (const float number : gradient) largest = std::max(largest, std::abs(double{number}));
  const thorax::view<double> seen = exact.maps(maps);
  const auto slope_to = [&](double& number, double way) {
    const double kept = number;
    const double before = exact.loss(findings, film_weights, 0.1F);
    number = kept + way;
    exact.run_from(position);
    const double behind = exact.loss(findings, film_weights, 0.1F);
    number = kept;
    exact.run_from(position);
    return (behind - before) / way;
  };
  for (int i = 0; i < looked_at; ++i) {
    const int n = draw.between(0, batch_size - 1);
    const int at = draw.between(0, static_cast<int>(maps.shape.size()) - 1);
    const double up = slope_to(seen.sample(n)[at], step);
    const double down = slope_to(seen.sample(n)[at], -step);
    const auto found = double{gradient[static_cast<std::size_t>(n) * maps.shape.size() + static_cast<std::size_t>(at)]};
    if (std::abs(up - down) > 1e-4 * largest) continue;
    ++smooth;
    INFO("sample " << n << ", number " << at << ": " << found << ", slopes " << down << " and " << up);
    CHECK(std::abs(found - up) <= 1e-3 * largest + 1e-8);
  }
  return smooth;
}

double apart(const std::vector<float>& found, const std::vector<double>& expected)
{
  return thorax::distance_between<float, double>(found, expected).relative;
}

void check_training(const draft& written, const training_options& options, std::uint64_t seed)
{
  const std::vector<float> parameters = random_weights(view_of(written), seed);
  const std::vector<float> samples = random_pixels(batch_size * written.input.shape.size(), seed + 1);
  const training_plan made = thorax::for_training(written, options);
  const step_result found = run<thorax::reference>(made, parameters, samples);

  network_in_double exact = exact_network(written, parameters, options);
  exact.run(samples, batch_size);
  CHECK(apart(found.logits, exact.numbers(written.logits)) < 1e-5);
  CHECK(std::abs(found.loss - exact.loss(findings, film_weights, 0.1F)) < 1e-5);
  drawing draw{seed};
  check_slopes(written, made, found, parameters, samples, draw);

  const step_result plain = run<thorax::reference>(without_passes(written, options), parameters, samples);
  const auto passes = thorax::distance_between<float, float>(found.gradients, plain.gradients);
  const auto averages = thorax::distance_between<float, float>(found.parameters, plain.parameters);
  INFO("gradients with and without passes differ by " << passes.relative << " at " << passes.position);
  CHECK(passes.relative < 1e-4);
  CHECK(averages.relative < 1e-5);

  const step_result fast = run<thorax::cpu>(made, parameters, samples, 1);
  const auto backends = thorax::distance_between<float, float>(fast.gradients, found.gradients);
  INFO("gradients of cpu and reference differ by " << backends.relative << " at " << backends.position);
  CHECK(backends.relative < 1e-3);
  CHECK(fast.gradients == run<thorax::cpu>(made, parameters, samples, 3).gradients);
}

}  // namespace

TEST_CASE("gradients are the slopes of the loss: networks that nobody thought of", "[model]")
{
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    drawing draw{seed};
    const draft written = random_network{draw}.written();
    const int boundary = draw.yes() ? 0 : draw.between(0, static_cast<int>(written.ops.size()));
    const training_options options{.boundary = boundary, .batch_statistics = draw.yes(), .dropout = draw.yes()};
    INFO("seed " << seed << ", trains from " << options.boundary << " of " << written.ops.size() << ", batch "
                 << options.batch_statistics << ", dropout " << options.dropout);
    check_training(written, options, seed);
  }
}

TEST_CASE("gradients are the slopes of the loss: the tiny network", "[model]")
{
  const draft written = thorax::lowered<tiny_network>({3, 32, 32});
  for (const int boundary : {0, 37})
    check_training(written, {.boundary = boundary, .batch_statistics = boundary == 0}, 5);
}

TEST_CASE("the gradient at a part is the slope along its maps: networks that nobody thought of", "[model]")
{
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    drawing draw{seed};
    const draft written = random_network{draw}.written();
    const std::vector<float> parameters = random_weights(view_of(written), seed);
    const std::vector<float> samples = random_pixels(batch_size * written.input.shape.size(), seed + 1);
    const int number = draw.between(0, static_cast<int>(written.parts.size()) - 1);
    const thorax::part& part = written.parts[static_cast<std::size_t>(number)];
    const training_options options{.boundary = part.last_op, .batch_statistics = draw.yes(), .dropout = false,
                                   .parameter_gradients = false, .part = number};
    const training_plan made = thorax::for_training(written, options);
    const step_result found = run<thorax::reference>(made, parameters, samples);
    INFO("seed " << seed << ", part " << number << " of " << written.parts.size() << ", batch "
                 << options.batch_statistics);

    // What a softmax at the end makes of the logits is not differentiated.
    const thorax::slice out = part.out == written.output ? written.logits : part.out;
    network_in_double exact = exact_network(written, parameters, options);
    exact.run(samples, batch_size);
    CHECK(apart(found.part, exact.numbers(out)) < 1e-5);
    if (!options.batch_statistics) CHECK(found.parameters == parameters);
    CHECK(std::all_of(found.gradients.begin(), found.gradients.end(), [](float g) { return g == 0; }));
    compared += check_part_gradient(exact, out, part.last_op, found.part_gradient, draw);
  }
  CHECK(compared > 700);
}
