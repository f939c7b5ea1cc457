// SPDX-License-Identifier: MIT
//
// random_maps: random extents, maps, rules and crews for property tests of kernels, and how results are compared.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/base/random.hpp>              // random_stream
#include <thorax/plan/op.hpp>                  // window
#include <thorax/tensor/distance.hpp>          // distance_between
#include <thorax/tensor/view.hpp>              // view

#include "support/catch.hpp"
#include "support/largest_difference.hpp"  // note_difference

#include <algorithm>  // copy_n, max, min
#include <cmath>      // isnan
#include <cstdint>    // uint64_t
#include <cstring>    // memcmp
#include <limits>     // quiet_NaN
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tests {

/// Half the distance of 1 to the next float: the largest relative error of one rounding.
inline constexpr double float_rounding = 0x1p-24;

/// Random numbers drawn one after the other.
class drawing {
public:
  explicit drawing(std::uint64_t seed) : stream_{seed} {}

  int between(int low, int high)
  {
    return low + static_cast<int>(stream_.below(next_++, static_cast<std::uint64_t>(high - low + 1)));
  }
  bool yes() { return between(0, 1) == 1; }
  double normal() { return stream_.normal(next_++); }
  double uniform(double low, double high) { return stream_.uniform(next_++, low, high); }
  extents shape(int most_channels, int most_side)
  {
    return {between(1, most_channels), between(1, most_side), between(1, most_side)};
  }

  template<class Number = float>
  std::vector<Number> numbers(std::size_t count)
  {
    std::vector<Number> drawn(count);
    for (Number& each : drawn) each = static_cast<Number>(normal());
    return drawn;
  }

  /// Windows of all kinds that find a place in the maps; often the usual one that keeps height and width.
  window moving(const extents& in, int most_kernel = 7)
  {
    const int kernel = between(1, most_kernel);
    window drawn{kernel, between(1, 3), between(0, kernel - 1)};
    if (kernel % 2 == 1 && yes()) drawn = {kernel, 1, kernel / 2};
    if (drawn.places(in.height) < 1 || drawn.places(in.width) < 1) drawn = {1, drawn.stride, 0};
    return drawn;
  }

private:
  random_stream stream_;
  std::uint64_t next_{};
};

/// Maps that are a slice of a larger buffer; what lies around them is not a number, so that a kernel which
/// reads it is found out, and so is one which writes there.
template<class Number = float>
class sliced_maps {
public:
  sliced_maps(drawing& draw, int samples, extents shape, bool filled = true)
    : sliced_maps{draw.between(0, 2), draw.between(0, 2), samples, shape}
  {
    for (int n = 0; n < samples; ++n)
      for (std::size_t i = 0; i < shape.size(); ++i)
        maps_.sample(n)[i] = filled ? static_cast<Number>(draw.normal()) : Number{};
  }
  sliced_maps(const sliced_maps& other) : storage_{other.storage_}, maps_{other.maps_}
  {
    maps_.data = storage_.data() + (other.maps_.data - other.storage_.data());
  }
  sliced_maps& operator=(const sliced_maps&) = delete;

  view<Number> operator*() const { return maps_; }
  view<const Number> read() const { return maps_; }

  /// The buffer that they are a slice of.
  const std::vector<Number>& storage() const { return storage_; }
  std::vector<Number>& storage() { return storage_; }

  std::vector<Number> numbers() const
  {
    std::vector<Number> all;
    for (int n = 0; n < maps_.samples; ++n)
      all.insert(all.end(), maps_.sample(n), maps_.sample(n) + maps_.shape.size());
    return all;
  }

  /// returns:  whether nobody wrote around the slice
  bool rim_is_untouched() const
  {
    std::vector<Number> rest = storage_;
    const std::ptrdiff_t start = maps_.data - storage_.data();
    for (int n = 0; n < maps_.samples; ++n)
      std::fill_n(rest.begin() + start + n * maps_.sample_stride, maps_.shape.size(),
                  std::numeric_limits<Number>::quiet_NaN());
    return std::all_of(rest.begin(), rest.end(), [](Number x) { return std::isnan(x); });
  }

private:
  sliced_maps(int channels_before, int channels_behind, int samples, extents shape)
  {
    const std::size_t channels = static_cast<std::size_t>(channels_before + channels_behind + shape.channels);
    const std::size_t stride = channels * shape.pixels();
    storage_.assign(stride * static_cast<std::size_t>(samples), std::numeric_limits<Number>::quiet_NaN());
    maps_ = {storage_.data() + static_cast<std::size_t>(channels_before) * shape.pixels(), samples, shape,
             static_cast<std::ptrdiff_t>(stride)};
  }

  std::vector<Number> storage_;
  view<Number> maps_{};
};

/// A rule with or without each of its parts; scales lie in ±[0.5, 2].
template<class Number = float>
class random_rule {
public:
  random_rule(drawing& draw, int channels) : scales_(std::size_t(channels)), shifts_(std::size_t(channels))
  {
    for (Number& each : scales_) each = static_cast<Number>(draw.uniform(0.5, 2) * (draw.yes() ? 1 : -1));
    for (Number& each : shifts_) each = static_cast<Number>(draw.normal());
    has_scale_ = draw.yes();
    has_shift_ = draw.yes();
    relu_ = draw.yes();
  }

  activation_rule<Number> operator*() const
  {
    return {has_scale_ ? scales_.data() : nullptr, has_shift_ ? shifts_.data() : nullptr, relu_};
  }

private:
  std::vector<Number> scales_;
  std::vector<Number> shifts_;
  bool has_scale_{};
  bool has_shift_{};
  bool relu_{};
};

/// Threads with exactly the scratch that an op asks for, filled with what is not a number.
class crew {
public:
  explicit crew(int threads, std::size_t scratch_floats = 0)
    : pool_{threads},
      scratch_(static_cast<std::size_t>(threads) * scratch_floats, std::numeric_limits<float>::quiet_NaN()),
      scratch_floats_{scratch_floats}
  {
  }
  workers operator*() { return {&pool_, scratch_.data(), scratch_floats_}; }

private:
  thread_pool pool_;
  std::vector<float> scratch_;
  std::size_t scratch_floats_;
};

/// Checks that no number differs by more than `tolerance`; names the result and shows the largest difference.
template<class Number>
void check_close(std::string_view what, const std::vector<Number>& found, const std::vector<Number>& expected,
                 double tolerance)
{
  const distance apart = distance_between<Number, Number>(found, expected);
  note_difference(std::string{what}, apart.absolute, tolerance);
  INFO(what << ": largest difference " << apart.absolute << " at " << apart.position << " of " << found.size()
            << ", allowed " << tolerance);
  CHECK(apart.absolute <= tolerance);
}

template<class Number>
void check_close(std::string_view what, const sliced_maps<Number>& found, const sliced_maps<Number>& expected,
                 double tolerance)
{
  check_close(what, found.numbers(), expected.numbers(), tolerance);
  INFO(what << " leaves what lies around its maps alone");
  CHECK(found.rim_is_untouched());
}

/// Checks equality bit for bit.
template<class Number>
void check_same_bits(std::string_view what, const std::vector<Number>& one, const std::vector<Number>& other)
{
  INFO(what << " is the same with any number of threads");
  REQUIRE(one.size() == other.size());
  CHECK(std::memcmp(one.data(), other.data(), one.size() * sizeof(Number)) == 0);
}

/// Runs `kernel(workers, result)` on one and on three threads, each on a copy of `start`; checks that both give
/// the same bits.
/// returns:  the result
template<class Result, class Kernel>
Result on_any_threads(std::string_view what, const Result& start, std::size_t scratch_floats, Kernel&& kernel)
{
  Result alone{start};
  Result together{start};
  crew one{1, scratch_floats};
  crew three{3, scratch_floats};
  kernel(*one, alone);
  kernel(*three, together);
  if constexpr (requires { alone.numbers(); }) check_same_bits(what, alone.numbers(), together.numbers());
  else check_same_bits(what, alone, together);
  return alone;
}

/// Checks `gradient` against central differences of `loss()`, which must depend on `numbers`; in double, where
/// both the step's error (step² · third derivative) and the rounding (2^-53 · loss / step) stay below 1e-9.
template<class Loss>
void check_gradient(std::string_view what, std::span<double> numbers, const std::vector<double>& gradient,
                    Loss&& loss)
{
  constexpr double step = 1e-5;
  std::vector<double> differences;
  for (double& number : numbers) {
    const double kept = number;
    number = kept + step;
    const double above = loss();
    number = kept - step;
    const double below = loss();
    number = kept;
    differences.push_back((above - below) / (2 * step));
  }
  const distance apart = distance_between<double, double>(gradient, differences);
  INFO(what << ": largest difference " << apart.absolute << ", relative " << apart.relative << " at "
            << apart.position);
  CHECK(apart.relative <= 1e-6);
}

/// returns:  Σ one · other, the loss whose gradient with respect to `one` is `other`
inline double product_of(const std::vector<double>& one, const std::vector<double>& other)
{
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += one[i] * other[i];
  return sum;
}

}  // namespace thorax::tests
