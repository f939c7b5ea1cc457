// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/normalization.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/activation.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::reference_activation;
using thorax::reference_normalization;
using thorax::view;

namespace {

struct problem {
  int samples;
  extents shape;
  std::vector<double> maps;
  std::vector<double> gamma;
  std::vector<double> beta;
  std::vector<double> d_out;
  std::vector<double> mean;
  std::vector<double> variance;
  bool relu;

  explicit problem(drawing draw)
    : samples{draw.between(2, 4)}, shape{draw.between(1, 3), draw.between(1, 4), draw.between(2, 4)}
  {
    maps = draw.numbers<double>(static_cast<std::size_t>(samples) * shape.size());
    gamma = draw.numbers<double>(shape.size() / shape.pixels());
    beta = draw.numbers<double>(gamma.size());
    d_out = draw.numbers<double>(maps.size());
    mean.resize(gamma.size());
    variance.resize(gamma.size());
    relu = draw.yes();
    reference_normalization::channel_statistics({}, packed(maps), mean.data(), variance.data());
  }

  view<double> packed(std::vector<double>& numbers)
  {
    return view<double>::packed(numbers.data(), samples, shape);
  }

  double loss(bool batch_statistics)
  {
    std::vector<double> center = mean;
    std::vector<double> spread = variance;
    if (batch_statistics)
      reference_normalization::channel_statistics({}, packed(maps), center.data(), spread.data());
    std::vector<double> scale(gamma.size());
    std::vector<double> shift(gamma.size());
    reference_normalization::fold_norm({}, shape.channels, gamma.data(), beta.data(), center.data(), spread.data(),
                                       1e-3, scale.data(), shift.data());
    std::vector<double> result(maps.size());
    reference_activation::activation({}, packed(maps), {scale.data(), shift.data(), relu}, packed(result));
    return product_of(result, d_out);
  }
};

}  // namespace

TEST_CASE("statistics are the mean and the biased variance over samples and pixels", "[backend]")
{
  const std::vector<double> maps{1, 2, 10, 10, 3, 6, 10, 10};
  std::vector<double> mean(2);
  std::vector<double> variance(2);
  reference_normalization::channel_statistics({}, view<const double>::packed(maps.data(), 2, {2, 1, 2}),
                                              mean.data(), variance.data());
  CHECK(mean == std::vector<double>{3, 10});
  CHECK(variance == std::vector<double>{3.5, 0});
}

TEST_CASE("the variance of floats far from 0 is not lost in rounding", "[backend]")
{
  // Σ x² − (Σ x)² / m in float would give anything but 0.25.
  const std::vector<float> maps{10000.0F, 10001.0F, 10000.0F, 10001.0F};
  float mean = 0;
  float variance = 0;
  reference_normalization::channel_statistics({}, view<const float>::packed(maps.data(), 1, {1, 2, 2}), &mean,
                                              &variance);
  CHECK(mean == 10000.5F);
  CHECK(variance == 0.25F);
}

TEST_CASE("folding makes a batch norm one scale and one shift", "[backend]")
{
  const double gamma = 3;
  const double beta = 1;
  const double mean = 2;
  const double variance = 3.75;
  double scale = 0;
  double shift = 0;
  reference_normalization::fold_norm({}, 1, &gamma, &beta, &mean, &variance, 0.25, &scale, &shift);
  CHECK(scale == 1.5);
  CHECK(shift == -2);
}

TEST_CASE("running statistics move by one minus the momentum", "[backend]")
{
  const double batch = 10;
  double running = 2;
  reference_normalization::average_statistics({}, 1, 0.75, &batch, &running);
  CHECK(running == 4);
}

TEST_CASE("the gradients of a batch norm are what central differences say", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    problem some{drawing{seed}};
    for (const bool batch_statistics : {true, false}) {
      INFO("batch statistics: " << batch_statistics << ", ReLU: " << some.relu);
      std::vector<double> d_in(some.maps.size(), 1);
      std::vector<double> d_gamma(some.gamma.size(), 1);
      std::vector<double> d_beta(some.gamma.size(), 1);
      reference_normalization::batch_norm_gradient({}, some.packed(some.maps), some.mean.data(),
                                                   some.variance.data(), 1e-3, some.gamma.data(), some.beta.data(),
                                                   some.relu, batch_statistics, some.packed(some.d_out),
                                                   d_gamma.data(), d_beta.data(), some.packed(d_in));
      for (std::vector<double>* gradient : {&d_in, &d_gamma, &d_beta})
        for (double& each : *gradient) each -= 1;
      const auto loss = [&] { return some.loss(batch_statistics); };
      check_gradient("d_in", some.maps, d_in, loss);
      check_gradient("d_gamma", some.gamma, d_gamma, loss);
      check_gradient("d_beta", some.beta, d_beta, loss);
    }
  }
}

TEST_CASE("unwanted gradients of a batch norm are left out, the others stay the same", "[backend]")
{
  problem some{drawing{5}};
  const auto gradient = [&](double* d_gamma, double* d_beta, view<double> d_in) {
    reference_normalization::batch_norm_gradient({}, some.packed(some.maps), some.mean.data(),
                                                 some.variance.data(), 1e-3, some.gamma.data(), some.beta.data(),
                                                 true, true, some.packed(some.d_out), d_gamma, d_beta, d_in);
  };
  std::vector<double> all(some.maps.size());
  std::vector<double> d_gamma(some.gamma.size());
  std::vector<double> d_beta(some.gamma.size());
  gradient(d_gamma.data(), d_beta.data(), some.packed(all));
  std::vector<double> only(some.maps.size());
  gradient(nullptr, nullptr, some.packed(only));
  CHECK(only == all);
  std::vector<double> alone(some.gamma.size());
  gradient(alone.data(), nullptr, view<double>{});
  CHECK(alone == d_gamma);
}
