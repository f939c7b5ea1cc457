// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/normalization.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/normalization.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cpu_normalization;
using thorax::extents;
using thorax::reference_normalization;
using thorax::view;
using thorax::workers;

namespace {

struct problem {
  int samples;
  extents shape;
  sliced_maps<float> in;
  std::vector<float> gamma;
  std::vector<float> beta;
  std::vector<float> mean;
  std::vector<float> variance;

  explicit problem(drawing& draw)
    : samples{draw.between(2, 5)}, shape{draw.shape(40, 25)}, in{draw, samples, shape},
      gamma{draw.numbers(shape.size() / shape.pixels())}, beta{draw.numbers(gamma.size())}, mean(gamma.size()),
      variance(gamma.size())
  {
    reference_normalization::channel_statistics({}, in.read(), mean.data(), variance.data());
  }
};

}  // namespace

TEST_CASE("the cpu's channel statistics are the reference's", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const problem some{draw};
    std::vector<float> variance(some.gamma.size());
    const auto mean =
      on_any_threads("mean", std::vector<float>(some.gamma.size()), 0, [&](const workers& w, auto& result) {
        cpu_normalization::channel_statistics(w, some.in.read(), result.data(), variance.data());
      });
    // Both sum in double: one rounding to float apart, of numbers below 8.
    check_close("mean", mean, some.mean, 8 * float_rounding);
    check_close("variance", variance, some.variance, 8 * float_rounding);
  }
}

TEST_CASE("the cpu's variance of floats far from 0 is not lost in rounding", "[backend]")
{
  std::vector<float> maps(34);
  for (std::size_t i = 0; i < maps.size(); ++i) maps[i] = i % 2 == 0 ? 10000.0F : 10001.0F;
  float mean = 0;
  float variance = 0;
  cpu_normalization::channel_statistics({}, view<float>::packed(maps.data(), 1, {1, 2, 17}), &mean, &variance);
  CHECK(mean == 10000.5F);
  CHECK(variance == 0.25F);
}

TEST_CASE("the cpu's gradients of a batch norm are the reference's", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    drawing draw{seed};
    const problem some{draw};
    const bool relu = draw.yes();
    const bool batch_statistics = draw.yes();
    INFO("seed " << seed << ", ReLU " << relu << ", batch statistics " << batch_statistics);
    const sliced_maps d_out{draw, some.samples, some.shape};
    const sliced_maps start{draw, some.samples, some.shape};
    std::vector<float> d_gamma(some.gamma.size());
    std::vector<float> d_beta(some.gamma.size());
    const auto gradient = [&](auto backend, const workers& w, const sliced_maps<float>& d_in) {
      d_gamma = some.gamma;
      d_beta = some.beta;
      backend.batch_norm_gradient(w, some.in.read(), some.mean.data(), some.variance.data(), 1e-3,
                                  some.gamma.data(), some.beta.data(), relu, batch_statistics, d_out.read(),
                                  d_gamma.data(), d_beta.data(), *d_in);
    };
    const auto found = on_any_threads(
      "d_in", start, 0, [&](const workers& w, auto& d_in) { gradient(cpu_normalization{}, w, d_in); });
    const std::vector<float> found_gamma = d_gamma;
    const std::vector<float> found_beta = d_beta;
    const auto expected{start};
    gradient(reference_normalization{}, {}, expected);
    // Terms below 20 in float, each with a few roundings; h of a channel of variance near 0 reaches sqrt(1000)
    // times its input, and so does its rounding.
    check_close("d_in", found, expected, 32 * 8 * 20 * float_rounding);
    const double terms = static_cast<double>(some.shape.pixels()) * some.samples;
    check_close("d_gamma", found_gamma, d_gamma, 8 * (terms + 4) * float_rounding);
    check_close("d_beta", found_beta, d_beta, 8 * (terms + 4) * float_rounding);
  }
}
