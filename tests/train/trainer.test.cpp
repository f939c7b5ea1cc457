// SPDX-License-Identifier: MIT

#include <thorax/train/trainer.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/layers/sigmoid.hpp>
#include <thorax/train/freeze_boundary.hpp>

#include "support/catch.hpp"
#include "support/network_in_double.hpp"
#include "support/random_weights.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::adam_step;
using thorax::cpu;
using thorax::error_code;
using thorax::reference;
using thorax::training_options;
using thorax::view;

namespace {

constexpr int batch_size = 4;
const thorax::extents input{3, 64, 64};
const std::vector<int> findings{0, 1, 2, 1};
const std::vector<float> film_weights{1, 0.5F, 2, 1};

// Four films that stay alive.
view<const float> films()
{
  static const std::vector<float> pixels = random_pixels(batch_size * input.size(), 5);
  return view<const float>::packed(pixels.data(), batch_size, input);
}

// A trainer of the tiny network, which cannot be moved.
template<class Backend>
std::unique_ptr<thorax::trainer<Backend>> trainer_of(Backend chosen, std::uint64_t seed = 1)
{
  auto network = thorax::blueprint_of<tiny_network>();
  std::vector<float> parameters = random_weights(network->predicting, 1);
  return std::make_unique<thorax::trainer<Backend>>(std::move(network), std::move(parameters), 1e-5, chosen, seed);
}

template<class Backend>
training_options from(const thorax::trainer<Backend>& trained, const char* name)
{
  return {.boundary = thorax::freeze_boundary(view_of(trained.network().written), name)};
}

template<class Backend>
thorax::step_report step(thorax::trainer<Backend>& trained, double rate = 1e-3)
{
  return trained.step(films(), findings, film_weights, {.learning_rate = rate});
}

template<class Backend>
std::vector<float> parameters_of(const thorax::trainer<Backend>& trained)
{
  return {trained.parameters().begin(), trained.parameters().end()};
}

template<class Backend>
std::vector<float> gradient_of(thorax::trainer<Backend>& trained)
{
  trained.gradients(films(), findings, film_weights);
  return {trained.gradient().begin(), trained.gradient().end()};
}

bool same_bits(const float* one, const float* other, std::size_t count)
{
  return std::memcmp(one, other, count * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("what is frozen keeps every bit, what trains changes: statistics too", "[train]")
{
  for (const char* const name : {"features.denseblock3.denselayer2.conv2.weight", "features.denseblock4.denselayer1.norm2",
                                 "features.transition3.conv", "classifier"}) {
    const auto trained = trainer_of(cpu{1});
    const training_options options = from(*trained, name);
    trained->begin_phase(options);
    const std::vector<float> before = parameters_of(*trained);
    for (int i = 0; i < 3; ++i) step(*trained);
    int changed = 0;
    for (const thorax::parameter& each : trained->network().written.parameters) {
      const bool is_same = same_bits(before.data() + each.offset, trained->parameters().data() + each.offset, each.size());
      INFO("from " << name << ": " << name_of(view_of(trained->network().written), each));
      CHECK(is_same == (each.position < options.boundary));
      if (!is_same) ++changed;
    }
    CHECK(changed > 0);
    CHECK(trained->trained().size() == before.size() - trained->first_trained());
  }
}

TEST_CASE("a step from features that were made before is the step from the films", "[train]")
{
  for (const char* const name : {"everything", "features.denseblock4.denselayer2.conv2", "classifier"}) {
    INFO("from " << name);
    const auto one = trainer_of(cpu{1});
    const auto other = trainer_of(cpu{2});
    for (const auto& each : {one.get(), other.get()}) each->begin_phase(from(*each, name));
    std::vector<float> features(batch_size * other->feature_floats());
    other->make_features(films(), features.data());
    for (int i = 0; i < 2; ++i) {
      step(*one);
      other->step_from(features.data(), findings, film_weights, {.learning_rate = 1e-3});
    }
    CHECK(parameters_of(*one) == parameters_of(*other));
  }
}

TEST_CASE("frozen weights that are changed from outside count in the next step", "[train]")
{
  const auto trained = trainer_of(cpu{1});
  trained->begin_phase(from(*trained, "classifier"));
  const std::vector<float> before = gradient_of(*trained);
  trained->parameters()[0] += 0.5F;  // of the stem
  CHECK(gradient_of(*trained) != before);
}

TEST_CASE("norms that train with running statistics leave them as they are", "[train]")
{
  const auto trained = trainer_of(cpu{1});
  training_options options = from(*trained, "features.denseblock4");
  options.batch_statistics = false;
  trained->begin_phase(options);
  const std::vector<float> before = parameters_of(*trained);
  for (int i = 0; i < 3; ++i) step(*trained);
  for (const thorax::parameter& each : trained->network().written.parameters) {
    const bool is_same = same_bits(before.data() + each.offset, trained->parameters().data() + each.offset, each.size());
    INFO(name_of(view_of(trained->network().written), each));
    CHECK(is_same == (each.position < options.boundary || !is_trainable(each.kind)));
  }
}

TEST_CASE("running statistics move by a hundredth towards those of the batch, or by as much as is asked for", "[train]")
{
  const auto trained = trainer_of(reference{});
  const double kept = GENERATE(0.99, 0.9, 0.0);
  if (kept != 0.99) trained->keep_statistics(kept);
  trained->begin_phase({});
  const std::vector<float> before = parameters_of(*trained);
  trained->gradients(films(), findings, film_weights);

  const thorax::draft& written = trained->network().written;
  network_in_double exact{written, before};
  exact.run({films().data, batch_size * input.size()}, batch_size);
  const auto channels = static_cast<std::size_t>(written.norms.front().channels);
  std::vector<double> mean(channels);
  std::vector<double> variance(channels);
  reference::channel_statistics<double>({}, exact.maps(written.ops.front().out), mean.data(), variance.data());
  const auto offset_of = [&](const char* name) {
    return written.parameters[static_cast<std::size_t>(find_parameter(view_of(written), name))].offset;
  };
  const std::size_t means = offset_of("features.norm0.running_mean");
  const std::size_t variances = offset_of("features.norm0.running_var");
  for (std::size_t c = 0; c < channels; ++c) {
    CHECK(std::abs(double{trained->parameters()[means + c]} - (kept * double{before[means + c]} + (1 - kept) * mean[c])) < 1e-6);
    CHECK(std::abs(double{trained->parameters()[variances + c]} -
                   (kept * double{before[variances + c]} + (1 - kept) * variance[c])) < 1e-5);
  }
}

TEST_CASE("the same seed gives the same numbers bit for bit, on any number of threads", "[train]")
{
  const auto run = [](int threads) {
    const auto trained = trainer_of(cpu{threads});
    trained->begin_phase({});
    std::vector<float> losses;
    for (int i = 0; i < 3; ++i) losses.push_back(static_cast<float>(step(*trained).loss));
    std::vector<float> all = parameters_of(*trained);
    all.insert(all.end(), losses.begin(), losses.end());
    return all;
  };
  const std::vector<float> alone = run(1);
  CHECK(run(1) == alone);
  CHECK(run(2) == alone);
  CHECK(run(3) == alone);
}

TEST_CASE("dropout's lots depend on the seed and the step, and on nothing else", "[train]")
{
  const auto trained = trainer_of(cpu{1});
  trained->begin_phase(from(*trained, "classifier.linear2"));
  const std::vector<float> without = gradient_of(*trained);
  trained->begin_phase(from(*trained, "classifier.dropout"));
  const std::vector<float> first = gradient_of(*trained);
  CHECK(first != without);
  CHECK(gradient_of(*trained) == first);
  const auto same_seed = trainer_of(cpu{1});
  same_seed->begin_phase(from(*same_seed, "classifier.dropout"));
  CHECK(gradient_of(*same_seed) == first);
  const auto other_seed = trainer_of(cpu{1}, 2);
  other_seed->begin_phase(from(*other_seed, "classifier.dropout"));
  CHECK(gradient_of(*other_seed) != first);

  // Rate 0: nothing but the count of steps changes.
  step(*trained, 0);
  CHECK(trained->steps() == 1);
  const std::vector<float> second = gradient_of(*trained);
  CHECK(second != first);
  same_seed->resume_at(1, 0);
  CHECK(gradient_of(*same_seed) == second);
}

TEST_CASE("a trainer that goes on from copied numbers gives the same numbers", "[train]")
{
  const auto whole = trainer_of(cpu{1});
  whole->begin_phase(from(*whole, "features.denseblock2"));
  step(*whole);
  step(*whole);
  const auto resumed = trainer_of(cpu{1});
  resumed->begin_phase(from(*resumed, "features.denseblock2"));
  std::copy(whole->parameters().begin(), whole->parameters().end(), resumed->parameters().begin());
  std::copy(whole->first_moments().begin(), whole->first_moments().end(), resumed->first_moments().begin());
  std::copy(whole->second_moments().begin(), whole->second_moments().end(), resumed->second_moments().begin());
  resumed->resume_at(whole->steps(), whole->adam_steps());
  CHECK(step(*whole).loss == step(*resumed).loss);
  CHECK(parameters_of(*whole) == parameters_of(*resumed));
}

TEST_CASE("a phase starts the optimizer anew and keeps the count of steps", "[train]")
{
  const auto trained = trainer_of(cpu{1});
  trained->begin_phase(from(*trained, "classifier"));
  step(*trained);
  step(*trained);
  CHECK(trained->adam_steps() == 2);
  trained->begin_phase(from(*trained, "features.denseblock4"));
  CHECK(trained->adam_steps() == 0);
  CHECK(trained->steps() == 2);
  CHECK(std::all_of(trained->first_moments().begin(), trained->first_moments().end(), [](float m) { return m == 0; }));
  step(*trained);
  CHECK(trained->adam_steps() == 1);
  CHECK(trained->steps() == 3);
}

TEST_CASE("a first step of Adam moves each weight by the rate against its gradient", "[train]")
{
  const auto trained = trainer_of(reference{});
  trained->begin_phase(from(*trained, "classifier.linear1"));
  const std::vector<float> before(trained->trained().begin(), trained->trained().end());
  const std::vector<float> gradient = gradient_of(*trained);
  step(*trained, 1e-2);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double g = double{gradient[i]};
    const double moved = 1e-2 * g * std::sqrt(0.001) / (std::sqrt(0.001 * g * g) + 1e-7);
    CHECK(std::abs(double{trained->trained()[i]} - (double{before[i]} - moved)) < 1e-6);
  }
}

TEST_CASE("the loss of films that are seen again and again falls", "[train]")
{
  const auto trained = trainer_of(cpu{2});
  training_options options;
  options.dropout = false;
  trained->begin_phase(options);
  const double first = step(*trained, 3e-3).loss;
  thorax::step_report last;
  for (int i = 0; i < 30; ++i) last = step(*trained, 3e-3);
  INFO(first << " became " << last.loss);
  CHECK(last.loss < 0.1 * first);
  CHECK(last.correct == batch_size);
}

TEST_CASE("with running statistics and no dropout a trainer computes what the model says", "[train]")
{
  const auto trained = trainer_of(reference{});
  trained->begin_phase({.batch_statistics = false, .dropout = false});
  const thorax::step_report report = trained->gradients(films(), findings, film_weights);
  const auto net = trained->snapshot(metadata_of(trained->network()), reference{});
  thorax::batch samples({batch_size, 3, 64, 64});
  std::copy_n(films().data, samples.size(), samples.data());
  const thorax::scores said = net(samples);
  double loss = 0;
  int correct = 0;
  for (std::size_t n = 0; n < batch_size; ++n) {
    const auto finding = static_cast<std::size_t>(findings[n]);
    loss -= double{film_weights[n]} * std::log(double{said.probabilities(n, finding)}) / batch_size;
    const float* const row = &said.logits(n, 0);
    if (std::max_element(row, row + 3) - row == findings[n]) ++correct;
  }
  CHECK(std::abs(report.loss - loss) < 1e-5);
  CHECK(report.correct == correct);
}

TEST_CASE("a snapshot is the model as it was, with the epsilon that it was trained with", "[train]")
{
  auto network = thorax::blueprint_of<tiny_network>();
  const std::vector<float> parameters = random_weights(network->predicting, 1);
  thorax::trainer<cpu> trained{network, parameters, 0.125, cpu{1}, 1};
  trained.begin_phase({});
  thorax::weights_metadata metadata = metadata_of(*network);
  metadata.provenance = "a test";
  const auto net = trained.snapshot(metadata, cpu{1});
  CHECK(net.metadata().batch_norm_epsilon == 0.125);
  CHECK(net.metadata().provenance == "a test");
  CHECK(net.norms().front().epsilon == 0.125);
  step(trained);
  for (std::size_t k = 0; k < network->written.parameters.size(); ++k) {
    const thorax::parameter& each = network->written.parameters[k];
    CHECK(same_bits(net.weights().pointers()[k], parameters.data() + each.offset, each.size()));
  }
}

TEST_CASE("a loss that is no number updates nothing", "[train]")
{
  const auto trained = trainer_of(cpu{1});
  trained->begin_phase(from(*trained, "features.denseblock4"));
  step(*trained);
  const std::vector<float> before = parameters_of(*trained);
  const std::vector<float> moments(trained->first_moments().begin(), trained->first_moments().end());
  std::vector<float> damaged(films().data, films().data + batch_size * input.size());
  damaged[100] = std::numeric_limits<float>::infinity();
  const auto damaged_films = view<const float>::packed(damaged.data(), batch_size, input);
  CHECK(refuses(error_code::number_not_finite, "not a finite number",
                [&] { trained->step(damaged_films, findings, film_weights, {}); }));
  CHECK(trained->steps() == 1);
  CHECK(trained->adam_steps() == 1);
  CHECK(same_bits(before.data(), trained->parameters().data(), before.size()));
  CHECK(same_bits(moments.data(), trained->first_moments().data(), moments.size()));
  CHECK(std::isfinite(step(*trained).loss));
}

TEST_CASE("a trainer refuses what it cannot train on", "[train]")
{
  for (const double share : {-0.1, 1.0})
    CHECK(refuses(error_code::does_not_fit, "from 0 to below 1", [&] { trainer_of(reference{})->keep_statistics(share); }));
  const auto trained = trainer_of(cpu{1});
  CHECK(refuses(error_code::does_not_fit, "before its first phase", [&] { step(*trained); }));
  trained->begin_phase(from(*trained, "classifier"));
  const auto refuses_films = [&](const std::string& words, view<const float> samples, const std::vector<int>& wanted,
                                 const std::vector<float>& weights) {
    return refuses(error_code::does_not_fit, words, [&] { trained->step(samples, wanted, weights, {}); });
  };
  view<const float> smaller = films();
  smaller.shape.width = 32;
  CHECK(refuses_films("other extents", smaller, findings, film_weights));
  CHECK(refuses_films("no sample", view<const float>::packed(films().data, 0, input), {}, {}));
  CHECK(refuses_films("one finding and one weight", films(), {0, 1, 2}, film_weights));
  CHECK(refuses_films("one finding and one weight", films(), findings, {1, 1}));
  CHECK(refuses_films("not one of the channels", films(), {0, 1, 2, 3}, film_weights));
  auto network = thorax::blueprint_of<tiny_network>();
  CHECK(refuses(error_code::does_not_fit, "as many numbers",
                [&] { thorax::trainer<cpu>(network, std::vector<float>(3), 1e-5, cpu{1}, 1); }));
}

namespace {

struct several_findings : thorax::network<thorax::input<1, 4, 4>, thorax::global_average_pool, thorax::linear<2>,
                                          thorax::sigmoid> {};

}  // namespace

TEST_CASE("a network that ends with sigmoid is not trained with softmax's loss", "[train]")
{
  auto network = thorax::blueprint_of<several_findings>();
  CHECK(refuses(error_code::does_not_fit, "ends with sigmoid",
                [&] { thorax::trainer<cpu>{network, std::vector<float>(4), 1e-5, cpu{1}, 1}; }));
}

TEST_CASE("backends that compute features otherwise say so, also where kernels have no instruction set", "[train]")
{
  CHECK(trainer_of(reference{1})->kernels() == "reference");
  CHECK(trainer_of(cpu{1})->kernels().starts_with(cpu{1}.predictor().architecture()));
}
