// SPDX-License-Identifier: MIT
//
// Normalization of the backend cuda against the reference.

#include "support/on_device.hpp"
#include "support/random_norm.hpp"

#include <thorax/backend/reference/normalization.hpp>

#include <cmath>
#include <vector>

using namespace thorax::tests;
using thorax::cuda;
using thorax::cuda_memory;
using thorax::norm_gradients;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_normalization;
using thorax::view;

namespace {

struct problem {
  int samples;
  thorax::extents shape;
  sliced_maps<float> in;

  explicit problem(drawing& draw) : samples{draw.between(2, 5)}, shape{draw.shape(40, 25)}, in{draw, samples, shape} {}
  [[nodiscard]] std::size_t channels() const { return static_cast<std::size_t>(shape.channels); }
};

template<class Check>
void for_each_problem(Check&& check)
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    check(draw, problem{draw});
  }
}

}  // namespace

TEST_CASE("cuda's channel statistics are the reference's, far from 0 too", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const double center = draw.yes() ? 0 : 1000;
    for (int n = 0; n < some.samples; ++n)
      for (std::size_t i = 0; i < some.shape.size(); ++i) (*some.in).sample(n)[i] += static_cast<float>(center);
    std::vector<float> mean(some.channels()), variance(some.channels());
    reference_normalization::channel_statistics({}, some.in.read(), mean.data(), variance.data());
    const device_floats mean_there{some.channels()}, variance_there{some.channels()};
    cuda::channel_statistics({}, *device_maps{some.in}, mean_there.data(), variance_there.data());
    check_close("mean", mean_there.numbers(), mean, float_rounding * (4 + 2 * center));
    check_close("variance", variance_there.numbers(), variance, 64 * float_rounding);
  });
}

TEST_CASE("cuda folds norms and averages statistics as the reference does", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const std::size_t count = some.channels();
    const std::vector<float> gamma = draw.numbers(count), beta = draw.numbers(count), mean = draw.numbers(count);
    std::vector<float> variance = draw.numbers(count), scale(count), shift(count);
    for (float& each : variance) each = std::abs(each);
    const device_floats four[] = {device_floats{gamma}, device_floats{beta}, device_floats{mean},
                                  device_floats{variance}};
    const device_floats scale_there{count}, shift_there{count};
    reference_normalization::fold_norm<float>({}, some.shape.channels, gamma.data(), beta.data(), mean.data(),
                                              variance.data(), 1e-3, scale.data(), shift.data());
    cuda::fold_norm({}, some.shape.channels, four[0].data(), four[1].data(), four[2].data(), four[3].data(), 1e-3,
                    scale_there.data(), shift_there.data());
    check_close("scale", scale_there.numbers(), scale, 256 * float_rounding);
    check_close("shift", shift_there.numbers(), shift, 1024 * float_rounding);
    reference_normalization::average_statistics<float>({}, some.shape.channels, 0.9, mean.data(), variance.data());
    cuda::average_statistics({}, some.shape.channels, 0.9, four[2].data(), four[3].data());
    check_close("running", four[3].numbers(), variance, 4 * float_rounding);
  });
}

TEST_CASE("cuda's gradient through a norm is the reference's, and so are the lines that it leaves", "[cuda]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const random_norm norm{draw, some.shape.channels};
    norm.keep_away_from_the_edge(*some.in);
    read_norm<float> read = norm.of(some.in.read());
    const std::size_t count = some.channels();
    std::vector<float> variance = draw.numbers(count);
    for (float& each : variance) each = std::abs(each) + 0.1F;
    read.variance = variance.data();
    read.epsilon = 1e-3;
    const sliced_maps arriving{draw, some.samples, some.shape};
    norm_result expected{sliced_maps{draw, some.samples, some.shape}};
    const device_maps d_in{expected.d_in}, in{some.in}, d_activated{arriving};
    const device_rule rule{read.rule, some.shape.channels};
    const device_floats mean{std::span{read.mean, count}}, spread{variance}, sums{expected.sums.size() * 4};
    auto* const sums_there = reinterpret_cast<norm_sums*>(sums.data());
    const read_norm<float> there{*in, *rule, mean.data(), spread.data(), read.epsilon};

    reference_normalization::norm_gradient({}, read, *arriving, expected.sums.data(), *expected.d_in);
    cuda::norm_gradient({}, there, *d_activated, sums_there, *d_in);
    check_close("d_in", d_in.back(), expected.d_in, 64 * float_rounding);
    std::vector<norm_sums> found(expected.sums.size());
    cuda_memory::copy_out(sums.data(), found.size() * 4, reinterpret_cast<float*>(found.data()));
    check_sums("sums", found, expected.sums, allowed_of_sums(read, [](int, int, int, int) { return 1e-13; }));

    std::vector<std::vector<float>> start(4, std::vector<float>(count, 1));
    const device_floats gradients[] = {device_floats{start[0]}, device_floats{start[1]}, device_floats{start[2]},
                                       device_floats{start[3]}};
    thorax::add_norm_gradients(read, expected.sums.data(),
                               norm_gradients<float>{start[0].data(), start[1].data(), start[2].data(), start[3].data()});
    cuda::add_norm_gradients({}, there, sums_there,
                             {gradients[0].data(), gradients[1].data(), gradients[2].data(), gradients[3].data()});
    for (std::size_t k = 0; k < 4; ++k) check_close("gradient of the norm", gradients[k].numbers(), start[k], 1e-3);

    reference_normalization::add_lines<float>({}, some.in.read(), read.mean, start[2].data(), start[3].data(),
                                              *expected.d_in);
    cuda::add_lines({}, *in, mean.data(), gradients[2].data(), gradients[3].data(), *d_in);
    check_close("d_in with lines", d_in.back(), expected.d_in, 1e-5);
  });
}

TEST_CASE("gradients of a norm that nobody wants are left alone by cuda", "[cuda]")
{
  if (!has_device()) return;
  drawing draw{1};
  const problem some{draw};
  const std::vector<float> ones(some.channels(), 1);
  const device_floats all{ones}, beta{ones};
  const device_floats sums{std::vector<float>(static_cast<std::size_t>(some.samples) * some.channels() * 4, 0)};
  const read_norm<float> read{*device_maps{some.in}, {all.data(), all.data(), false}, all.data(), all.data(), 1e-3};
  cuda::add_norm_gradients({}, read, reinterpret_cast<norm_sums*>(sums.data()), {.beta = beta.data()});
  CHECK(beta.numbers() == ones);
}
