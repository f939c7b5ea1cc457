// SPDX-License-Identifier: MIT

#include <thorax/train/network_half.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/model/model.hpp>
#include <thorax/plan/split_at_boundary.hpp>
#include <thorax/train/freeze_boundary.hpp>

#include "support/catch.hpp"
#include "support/random_maps.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <memory>
#include <vector>

using namespace thorax::tests;
using thorax::view;

namespace {

constexpr int films = 5;
const thorax::extents input{3, 64, 64};

struct both_halves {
  std::vector<float> features;
  std::vector<float> logits;
};

const std::vector<float>& parameters()
{
  static const std::vector<float> numbers = random_weights(thorax::blueprint_of<tiny_network>()->predicting, 1);
  return numbers;
}

view<const float> pixels()
{
  static const std::vector<float> numbers = random_pixels(films * input.size(), 5);
  return view<const float>::packed(numbers.data(), films, input);
}

template<class Backend>
both_halves run_halves(const Backend& chosen, const char* boundary)
{
  const auto network = thorax::blueprint_of<tiny_network>();
  const thorax::draft& written = network->written;
  const auto split = split_at_boundary(written, {.boundary = thorax::freeze_boundary(view_of(written), boundary)});
  std::vector<const float*> pointers;
  for (const thorax::parameter& each : written.parameters) pointers.push_back(parameters().data() + each.offset);
  thorax::thread_pool pool{chosen.threads};
  thorax::workspace space;
  both_halves made;
  made.features.resize(films * feature_floats(split.frozen));
  made.logits.resize(films * written.logits.shape.size());
  if (split.frozen.ops.empty()) made.features.assign(pixels().data, pixels().data + films * input.size());
  else
    thorax::network_half<Backend>{split.frozen, written.norms, pointers.data(), chosen, pool}.make_features(
      pixels(), made.features.data(), space, pool);
  thorax::network_half<Backend>{split.rest, written.norms, pointers.data(), chosen, pool}.make_logits(
    made.features.data(), films, made.logits.data(), space, pool);
  return made;
}

const std::vector<const char*> boundaries{"everything", "features.denseblock2", "features.transition3.conv",
                                          "features.denseblock4.denselayer2.conv2", "features.norm5", "classifier"};

}  // namespace

TEST_CASE("both halves of a network say what the whole one says", "[train]")
{
  const auto network = thorax::blueprint_of<tiny_network>();
  const auto weights =
    std::make_shared<const thorax::network_weights>(network->predicting, parameters(), thorax::weights_metadata{});
  const thorax::any_model<thorax::reference> whole{network, weights, thorax::reference{}};
  thorax::workspace space;
  const view<const float> said = whole.run(space, pixels()).first;
  const std::vector<float> expected{said.data, said.data + films * said.shape.size()};
  for (const char* boundary : boundaries) {
    INFO("from " << boundary);
    check_close("halves, reference", run_halves(thorax::reference{}, boundary).logits, expected, 1e-5);
    check_close("halves, cpu", run_halves(thorax::cpu{1}, boundary).logits, expected, 1e-4);
  }
}

TEST_CASE("features do not depend on how many threads make them", "[train]")
{
  for (const char* boundary : boundaries) {
    INFO("from " << boundary);
    const both_halves alone = run_halves(thorax::cpu{1}, boundary);
    for (const int threads : {2, 3}) {
      const both_halves together = run_halves(thorax::cpu{threads}, boundary);
      CHECK(together.features == alone.features);
      CHECK(together.logits == alone.logits);
    }
  }
}
