// SPDX-License-Identifier: MIT

#include <thorax/explain/grad_cam.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/model/model.hpp>

#include "support/catch.hpp"
#include "support/golden_file.hpp"
#include "support/golden_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace thorax::tests;

namespace {

constexpr std::array parts{"features", "features.denseblock3", "features.transition2"};

template<class Backend>
void check_maps(Backend chosen)
{
  INFO(Backend::name);
  const golden_file expected{"tiny_grad_cam.txt"};
  const auto network = thorax::blueprint_of<tiny_network>();
  const auto weights = std::make_shared<const thorax::network_weights>(
    network->predicting, golden_weights(network->predicting), thorax::weights_metadata{});
  const thorax::model<tiny_network, Backend> net{weights, chosen};
  thorax::tensor seen({3, 64, 64});
  const std::vector<float> pixels = golden_film(0, net.input());
  std::copy(pixels.begin(), pixels.end(), seen.data());
  for (const std::string part : parts)
    for (const auto score : {thorax::score_kind::logit, thorax::score_kind::probability})
      for (int finding = 0; finding < 3; ++finding) {
        const std::string word = score == thorax::score_kind::logit ? "/logit" : "/probability";
        const golden_record& gradient = expected[part + word + std::to_string(finding) + "/gradient"];
        const golden_record& map = expected[part + word + std::to_string(finding) + "/map"];
        const thorax::part_gradient found = thorax::gradient_at(net, seen, part, finding, score);
        check_golden(gradient, found.gradient, 1e-4 * gradient.largest);
        // A map is a sum over channels of both signs; what remains may be small, or nothing.
        const double scale = std::max(map.largest, gradient.largest);
        check_golden(map, thorax::grad_cam(found, part).cells, 1e-4 * scale);
      }
}

}  // namespace

TEST_CASE("gradients at a part, and the maps made of them, are PyTorch's", "[golden]")
{
  check_maps(thorax::reference{});
  check_maps(thorax::cpu{2});
}
