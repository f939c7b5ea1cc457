// SPDX-License-Identifier: MIT
//
// Whole networks on the backend cuda: they predict, train and explain as on the reference. No file here knows where
// numbers lie.

#include "support/on_device.hpp"
#include "support/random_network.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"
#include "support/toy_training.hpp"

#include <thorax/backend/reference/reference.hpp>
#include <thorax/explain/grad_cam.hpp>
#include <thorax/model/model.hpp>
#include <thorax/plan/lower.hpp>
#include <thorax/tensor/distance.hpp>
#include <thorax/train/freeze_boundary.hpp>
#include <thorax/train/trainer.hpp>

#include <cmath>
#include <memory>
#include <vector>

using namespace thorax::tests;
using thorax::cuda;
using thorax::reference;
using thorax::view_of;

namespace {

template<class Backend>
thorax::any_model<Backend> tiny_model(Backend chosen)
{
  const auto network = thorax::blueprint_of<tiny_network>();
  return {network,
          std::make_shared<const thorax::network_weights>(network->predicting, random_weights(network->predicting, 3),
                                                          thorax::weights_metadata{}),
          chosen};
}

double apart(std::span<const float> found, std::span<const float> expected)
{
  return thorax::distance_between<float, float>(found, expected).relative;
}

/// What three steps from everything or from a part on leave behind: parameters, moments, losses.
template<class Backend>
std::vector<std::vector<float>> trained(Backend chosen, const char* from)
{
  const thorax::labeled_batch films = toy_films(7, 5);
  const std::vector<float> weights{1, 0.5F, 2, 1, 1};
  auto run = tiny_trainer(chosen);
  run.begin_phase({.boundary = thorax::freeze_boundary(view_of(run.network().written), from)});
  std::vector<float> losses;
  for (int i = 0; i < 3; ++i) {
    const thorax::step_report report = run.step(view_of(films.pixels), films.findings, weights, {}, 0.1F);
    losses.push_back(static_cast<float>(report.loss));
    losses.push_back(static_cast<float>(report.correct));
    if (i == 1)
      for (float& each : run.trained()) each *= 1.01F;  // the host changes what the device trains
  }
  const auto copied = [](std::span<const float> numbers) { return std::vector<float>(numbers.begin(), numbers.end()); };
  std::vector<float> logits(std::size_t{3} * 5);
  std::vector<float> features(run.feature_floats() * 5);
  run.make_features(view_of(films.pixels), features.data());
  thorax::workspace space;
  run.rest().make_logits(features.data(), 5, logits.data(), space, run.pool());
  return {copied(run.parameters()), copied(run.gradient()), copied(run.first_moments()), copied(run.second_moments()),
          losses,                   logits};
}

}  // namespace

TEST_CASE("a network predicts on cuda what it predicts on the reference, more films than go at once", "[cuda]")
{
  if (!has_device()) return;
  const auto on_host = tiny_model(reference{});
  const auto there = tiny_model(cuda{});
  for (const std::size_t count : {1U, 3U, 37U}) {
    thorax::batch films = thorax::batch::from_shape({count, 3, 64, 64});
    const std::vector<float> pixels = random_pixels(films.size(), count);
    std::copy(pixels.begin(), pixels.end(), films.data());
    const thorax::scores expected = on_host(films);
    const thorax::scores found = there(films);
    CHECK(apart({found.logits.data(), count * 3}, {expected.logits.data(), count * 3}) < 1e-5);
    CHECK(apart({found.probabilities.data(), count * 3}, {expected.probabilities.data(), count * 3}) < 1e-5);
  }
}

TEST_CASE("a caller's workspace serves the reference and cuda in turn", "[cuda]")
{
  if (!has_device()) return;
  const auto on_host = tiny_model(reference{});
  const auto there = tiny_model(cuda{});
  thorax::workspace space;
  const std::vector<float> pixels = random_pixels(3 * 64 * 64, 4);
  const auto film = thorax::view<const float>::packed(pixels.data(), 1, {3, 64, 64});
  for (int turn = 0; turn < 2; ++turn) {
    const auto copied = [](const thorax::view<const float>& maps) { return std::vector<float>(maps.data, maps.data + 3); };
    const std::vector<float> expected = copied(on_host.run(space, film).first);
    CHECK(apart(copied(there.run(space, film).first), expected) < 1e-5);
  }
}

TEST_CASE("networks that nobody thought of predict the same on cuda", "[cuda]")
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const thorax::draft plan = thorax::for_inference(random_network{draw}.written());
    const thorax::plan_view seen = view_of(plan);
    const std::vector<float> weights = random_weights(seen, seed);
    std::vector<const float*> pointers;
    for (const thorax::parameter& each : plan.parameters) pointers.push_back(weights.data() + each.offset);
    const std::vector<float> pixels = random_pixels(3 * plan.input.shape.size(), seed);
    const auto films = thorax::view<const float>::packed(pixels.data(), 3, plan.input.shape);
    const auto says = [&](auto chosen) {
      const thorax::packed_plan packed{seen, plan.norms, pointers.data(), chosen, thorax::workers{}};
      std::vector<float> logits(3 * plan.logits.shape.size()), output(3 * plan.output.shape.size());
      thorax::workspace space;
      thorax::each_film(space, packed, nullptr, 3, [&](int n, int count, float* arena, const thorax::workers& crew) {
        const auto first = static_cast<std::size_t>(n);
        packed.run(films.some(n, count), arena, crew, logits.data() + first * plan.logits.shape.size(),
                   output.data() + first * plan.output.shape.size());
      });
      logits.insert(logits.end(), output.begin(), output.end());
      return logits;
    };
    CHECK(apart(says(thorax::cuda_predictor{}), says(thorax::reference_predictor{})) < 1e-4);
  }
}

TEST_CASE("a network trains on cuda as on the reference, whole and from a part on", "[cuda]")
{
  if (!has_device()) return;
  for (const char* const from : {"everything", "features.denseblock3.denselayer2.conv2", "classifier"}) {
    INFO("from " << from);
    const auto expected = trained(reference{}, from);
    const auto found = trained(cuda{}, from);
    // Adam divides a gradient by its own size: where it is a rounding of 0, steps differ by the rate.
    CHECK(thorax::distance_between<float, float>(found[0], expected[0]).absolute < 3e-3);
    for (std::size_t k = 1; k < expected.size(); ++k) {
      INFO("result " << k);
      CHECK(apart(found[k], expected[k]) < 2e-2);
    }
    CHECK(thorax::distance_between<float, float>(found[4], expected[4]).absolute < 1e-3);
  }
}

TEST_CASE("the first gradients on cuda are the reference's", "[cuda]")
{
  if (!has_device()) return;
  const thorax::labeled_batch films = toy_films(7, 5);
  const std::vector<float> weights{1, 0.5F, 2, 1, 1};
  const auto gradients = [&](auto chosen) {
    auto run = tiny_trainer(chosen);
    run.begin_phase({});
    run.gradients(view_of(films.pixels), films.findings, weights);
    return std::vector<float>(run.gradient().begin(), run.gradient().end());
  };
  const std::vector<float> expected = gradients(reference{});
  CHECK(apart(gradients(cuda{}), expected) < 1e-4);
  CHECK(gradients(cuda{}) == gradients(cuda{}));
}

TEST_CASE("a finding is explained on cuda as on the reference, at every part", "[cuda]")
{
  if (!has_device()) return;
  const auto on_host = tiny_model(reference{});
  const auto there = tiny_model(cuda{});
  thorax::tensor film({3, 64, 64});
  const std::vector<float> pixels = random_pixels(film.size(), 4);
  std::copy(pixels.begin(), pixels.end(), film.begin());
  for (const char* const part : {"features", "features.denseblock2", "features.denseblock1.denselayer2.conv2"})
    for (const auto score : {thorax::score_kind::logit, thorax::score_kind::probability}) {
      INFO(part);
      const thorax::part_gradient expected = thorax::gradient_at(on_host, film, part, 1, score);
      const thorax::part_gradient found = thorax::gradient_at(there, film, part, 1, score);
      CHECK(apart(found.maps, expected.maps) < 1e-5);
      CHECK(apart(found.gradient, expected.gradient) < 1e-4);
    }
}
