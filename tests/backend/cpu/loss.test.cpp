// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/loss.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/loss.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cpu_loss;
using thorax::reference_loss;
using thorax::view;

TEST_CASE("the cpu's loss in float is the reference's in double", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int samples = draw.between(1, 8);
    const int channels = draw.between(2, 7);
    const sliced_maps logits{draw, samples, {channels, 1, 1}};
    const sliced_maps<float> d_logits{draw, samples, {channels, 1, 1}, false};
    std::vector<int> findings;
    for (int n = 0; n < samples; ++n) findings.push_back(draw.between(0, channels - 1));
    const std::vector<float> weights(findings.size(), 1.5F);
    std::vector<float> losses(findings.size());
    const double found = cpu_loss::weighted_cross_entropy({}, *logits, findings, weights, 0.1F, *d_logits, losses);

    const std::vector<float> drawn = logits.numbers();
    const std::vector<double> exact(drawn.begin(), drawn.end());
    const std::vector<double> weights_in_double(findings.size(), 1.5);
    std::vector<double> gradient(exact.size());
    std::vector<double> each(findings.size());
    const double expected = reference_loss::weighted_cross_entropy(
      {}, view<const double>::packed(exact.data(), samples, {channels, 1, 1}), findings, weights_in_double, 0.1F,
      view<double>::packed(gradient.data(), samples, {channels, 1, 1}), each);
    CHECK(std::abs(found - expected) < 1e-14);
    check_close("d_logits", d_logits.numbers(), std::vector<float>(gradient.begin(), gradient.end()),
                2 * float_rounding);
    check_close("losses", losses, std::vector<float>(each.begin(), each.end()), 8 * float_rounding);
  }
}
