// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/normalization.hpp>

#include "support/random_maps.hpp"
#include "support/refuses.hpp"

#include <thorax/backend/reference/activation.hpp>

#include <cmath>  // abs
#include <vector>

using namespace thorax::tests;
using thorax::error_code;
using thorax::extents;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_activation;
using thorax::reference_normalization;
using thorax::view;

namespace {

/// Maps that are read through a norm whose scale and shift are given, and what arrives behind it.
struct problem {
  int samples;
  extents shape;
  std::vector<double> maps;
  std::vector<double> scale;
  std::vector<double> shift;
  std::vector<double> mean;
  std::vector<double> d_out;
  bool relu;

  explicit problem(drawing draw)
    : samples{draw.between(1, 4)}, shape{draw.shape(3, 4)},
      maps{draw.numbers<double>(static_cast<std::size_t>(samples) * shape.size())},
      scale{draw.numbers<double>(static_cast<std::size_t>(shape.channels))},
      shift{draw.numbers<double>(scale.size())}, mean{draw.numbers<double>(scale.size())},
      d_out{draw.numbers<double>(maps.size())}, relu{draw.yes()}
  {
  }

  view<double> packed(std::vector<double>& numbers) const
  {
    return view<double>::packed(numbers.data(), samples, shape);
  }
  read_norm<double> read() { return {packed(maps), {scale.data(), shift.data(), relu}, mean.data()}; }

  /// For each film and channel; what was there before does not count.
  std::vector<norm_sums> sums(view<double> d_in)
  {
    std::vector<norm_sums> found(static_cast<std::size_t>(samples * shape.channels), {1000, 1000});
    reference_normalization::norm_gradient({}, read(), packed(d_out), found.data(), d_in);
    return found;
  }

  double loss()
  {
    std::vector<double> result(maps.size());
    reference_activation::activation({}, packed(maps), read().rule, packed(result));
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

TEST_CASE("a gradient is carried through a norm film by film, 0 where its ReLU cuts, also at exactly 0",
          "[backend]")
{
  // Two films of one channel with three pixels; 2x − 2 is 0, 2, −4 and 4, 0, 6.
  std::vector<double> maps{1, 2, -1, 3, 1, 4};
  std::vector<double> arriving{1, 10, 100, 1000, 10000, 100000};
  std::vector<double> d_in{1, 1, 1, 1, 1, 1};
  const double scale = 2;
  const double shift = -2;
  const double mean = 1;
  std::vector<norm_sums> sums(2, {7, 7});
  const auto packed = [](std::vector<double>& numbers) {
    return view<double>::packed(numbers.data(), 2, {1, 1, 3});
  };
  const auto carry = [&](bool relu) {
    reference_normalization::norm_gradient({}, read_norm<double>{packed(maps), {&scale, &shift, relu}, &mean},
                                           packed(arriving), sums.data(), packed(d_in));
  };
  carry(true);
  CHECK(d_in == std::vector<double>{1, 21, 1, 2001, 1, 200001});
  CHECK(sums[0].arriving == 10);
  CHECK(sums[0].leaning == 10);
  CHECK(sums[1].arriving == 101000);
  CHECK(sums[1].leaning == 2 * 1000 + 3 * 100000);
  carry(false);
  CHECK(d_in == std::vector<double>{3, 41, 201, 4001, 20001, 400001});
  CHECK(sums[0].arriving == 111);
  CHECK(sums[0].leaning == 10 - 2 * 100);
}

TEST_CASE("what a norm adds at once is the gradient of its input if scale and shift are constants", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    problem some{drawing{seed}};
    INFO("seed " << seed << ", ReLU: " << some.relu);
    std::vector<double> d_in(some.maps.size(), 1);
    some.sums(some.packed(d_in));
    for (double& each : d_in) each -= 1;
    check_gradient("d_in", some.maps, d_in, [&] { return some.loss(); });
  }
}

TEST_CASE("the sums of all films are the gradients of a norm's shift and, around the mean, of its scale",
          "[backend]")
{
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    problem some{drawing{seed}};
    INFO("seed " << seed << ", ReLU: " << some.relu);
    std::vector<double> d_shift(some.shift.size());
    std::vector<double> d_scale(some.scale.size());
    const std::vector<norm_sums> sums = some.sums({});
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::size_t c = i % some.mean.size();
      d_shift[c] += sums[i].arriving;
      d_scale[c] += sums[i].leaning + some.mean[c] * sums[i].arriving;
    }
    check_gradient("d_shift", some.shift, d_shift, [&] { return some.loss(); });
    check_gradient("d_scale", some.scale, d_scale, [&] { return some.loss(); });
  }
}

TEST_CASE("a norm's sums are the same if the gradient of its input is not wanted", "[backend]")
{
  problem some{drawing{5}};
  std::vector<double> d_in(some.maps.size());
  const std::vector<norm_sums> all = some.sums(some.packed(d_in));
  const std::vector<norm_sums> alone = some.sums({});
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Below 100; a compiler may fuse a product and a sum in one loop and not in the other.
    CHECK(alone[i].arriving == all[i].arriving);
    CHECK(std::abs(alone[i].leaning - all[i].leaning) <= 1e-12);
  }
}

TEST_CASE("lines are added to what is there, in each film and channel", "[backend]")
{
  // Two films of two channels with one row of two pixels.
  const std::vector<double> maps{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<double> mean{2, 5};
  const std::vector<double> offset{10, 20};
  const std::vector<double> lean{1, -2};
  std::vector<double> d_in(8, 100);
  reference_normalization::add_lines({}, view<const double>::packed(maps.data(), 2, {2, 1, 2}), mean.data(),
                                     offset.data(), lean.data(), view<double>::packed(d_in.data(), 2, {2, 1, 2}));
  CHECK(d_in == std::vector<double>{109, 110, 124, 122, 113, 114, 116, 114});
}

TEST_CASE("the gradient through a norm and its lines are refused maps of other extents", "[backend]")
{
  std::vector<double> numbers(8, 1);
  const auto maps = view<double>::packed(numbers.data(), 1, {1, 2, 4});
  const auto other = view<double>::packed(numbers.data(), 1, {1, 4, 2});
  const double one = 1;
  norm_sums sums{3, 3};
  const read_norm<double> read{maps, {&one, &one, false}, &one};
  const auto carry = [&](const view<double>& arriving, const view<double>& d_in) {
    reference_normalization::norm_gradient({}, read, arriving, &sums, d_in);
  };
  CHECK(refuses(error_code::does_not_fit, "", [&] { carry(other, maps); }));
  CHECK(refuses(error_code::does_not_fit, "", [&] { carry(maps, other); }));
  CHECK(refuses(error_code::does_not_fit, "",
                [&] { reference_normalization::add_lines({}, maps, &one, &one, &one, other); }));
  CHECK(numbers == std::vector<double>(8, 1));
  CHECK(sums.arriving == 3);
}
