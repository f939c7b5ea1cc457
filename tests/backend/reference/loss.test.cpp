// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/loss.hpp>

#include "support/random_maps.hpp"

#include <cmath>  // log
#include <vector>

using namespace thorax::tests;
using thorax::reference_loss;
using thorax::view;

namespace {

view<double> rows(std::vector<double>& numbers, int samples)
{
  return view<double>::packed(numbers.data(), samples, {static_cast<int>(numbers.size()) / samples, 1, 1});
}

}  // namespace

TEST_CASE("the loss is the weighted sum over the batch divided by the samples, not by the weights", "[backend]")
{
  std::vector<double> logits{0, 0, 0, 0, std::log(2.0), 0};
  const std::vector<int> findings{0, 1};
  const std::vector<double> weights{3, 5};
  std::vector<double> losses(2);
  const double found =
    reference_loss::weighted_cross_entropy({}, rows(logits, 2), findings, weights, 0, view<double>{}, losses);
  CHECK(std::abs(found - (3 * std::log(3.0) + 5 * std::log(2.0)) / 2) < 1e-14);
  check_close("losses of the samples", losses, {std::log(3.0), std::log(2.0)}, 1e-15);
}

TEST_CASE("label smoothing takes its share from the finding and gives it to all", "[backend]")
{
  std::vector<double> logits{std::log(0.5), std::log(0.3), std::log(0.2)};
  const std::vector<int> findings{1};
  const std::vector<double> weights{1};
  const double found =
    reference_loss::weighted_cross_entropy({}, rows(logits, 1), findings, weights, 0.25F, view<double>{});
  const double share = 0.25 / 3;
  CHECK(std::abs(found + share * std::log(0.5) + (0.75 + share) * std::log(0.3) + share * std::log(0.2)) < 1e-14);
}

TEST_CASE("large logits neither overflow nor lose the loss", "[backend]")
{
  std::vector<double> logits{2000, 0};
  const std::vector<int> findings{1};
  const std::vector<double> weights{1};
  CHECK(reference_loss::weighted_cross_entropy({}, rows(logits, 1), findings, weights, 0, view<double>{}) == 2000);
}

TEST_CASE("the gradient of the loss is what central differences say, added to what was there", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 5);
    const int channels = draw.between(2, 6);
    const float smoothing = draw.yes() ? 0.1F : 0.0F;
    std::vector<double> logits = draw.numbers<double>(static_cast<std::size_t>(samples * channels));
    std::vector<int> findings;
    std::vector<double> weights;
    for (int n = 0; n < samples; ++n) {
      findings.push_back(draw.between(0, channels - 1));
      weights.push_back(draw.uniform(0, 3));
    }
    const auto loss = [&](view<double> d_logits) {
      return reference_loss::weighted_cross_entropy({}, rows(logits, samples), findings, weights, smoothing,
                                                    d_logits);
    };
    std::vector<double> gradient(logits.size(), 4);
    loss(rows(gradient, samples));
    for (double& each : gradient) each -= 4;
    check_gradient("d_logits", logits, gradient, [&] { return loss({}); });
  }
}

TEST_CASE("a finding that is no channel and missing weights are refused", "[backend]")
{
  std::vector<double> logits{0, 0};
  const std::vector<double> weights{1};
  const std::vector<int> none;
  for (const int finding : {-1, 2}) {
    const std::vector<int> findings{finding};
    CHECK_THROWS_AS(
      reference_loss::weighted_cross_entropy({}, rows(logits, 1), findings, weights, 0, view<double>{}),
      thorax::error);
  }
  CHECK_THROWS_AS(reference_loss::weighted_cross_entropy({}, rows(logits, 1), none, weights, 0, view<double>{}),
                  thorax::error);
}
