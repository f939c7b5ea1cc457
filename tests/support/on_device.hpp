// SPDX-License-Identifier: MIT
//
// on_device: numbers, maps and rules of tests in the memory of the device, and whether there is one.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>      // cuda, cuda_memory
#include <thorax/backend/placed_floats.hpp>  // placed_floats
#include <thorax/base/error.hpp>             // error

#include "support/random_maps.hpp"  // check_close, sliced_maps

#include <cstddef>  // size_t
#include <cstdio>   // puts
#include <span>
#include <string_view>
#include <vector>

namespace thorax::tests {

/// returns:  whether there is a device; says so if not
inline bool has_device()
{
  try {
    const cuda chosen{1};
    return true;
  }
  catch (const error&) {
    std::puts("skipped: no CUDA device");
    return false;
  }
}

class device_floats {
public:
  explicit device_floats(std::span<const float> numbers) : count_{numbers.size()}
  {
    cuda_memory::copy_in(numbers.data(), count_, there_.grow_to<cuda_memory>(count_));
  }
  explicit device_floats(std::size_t count) : device_floats{std::vector<float>(count, not_written)} {}

  [[nodiscard]] float* data() const { return there_.data(); }
  [[nodiscard]] std::vector<float> numbers() const
  {
    std::vector<float> all(count_);
    cuda_memory::copy_out(there_.data(), count_, all.data());
    return all;
  }

private:
  static constexpr float not_written = std::numeric_limits<float>::quiet_NaN();

  placed_floats there_;
  std::size_t count_;
};

/// Maps with all that lies around them.
class device_maps {
public:
  explicit device_maps(const sliced_maps<float>& from) : from_{from}, there_{std::span<const float>{from.storage()}} {}

  [[nodiscard]] view<float> operator*() const
  {
    view<float> maps = *from_;
    maps.data = there_.data() + (maps.data - from_.storage().data());
    return maps;
  }
  [[nodiscard]] sliced_maps<float> back() const
  {
    sliced_maps<float> found{from_};
    const std::vector<float> now = there_.numbers();
    std::copy(now.begin(), now.end(), found.storage().begin());
    return found;
  }

private:
  sliced_maps<float> from_;
  device_floats there_;
};

class device_rule {
public:
  device_rule(const activation_rule<float>& rule, int channels)
    : scale_{numbers_of(rule.scale, channels)}, shift_{numbers_of(rule.shift, channels)},
      rule_{rule.scale == nullptr ? nullptr : scale_.data(), rule.shift == nullptr ? nullptr : shift_.data(), rule.relu}
  {
  }
  [[nodiscard]] activation_rule<float> operator*() const { return rule_; }

private:
  static std::vector<float> numbers_of(const float* numbers, int channels)
  {
    return numbers == nullptr ? std::vector<float>{} : std::vector<float>(numbers, numbers + channels);
  }

  device_floats scale_;
  device_floats shift_;
  activation_rule<float> rule_;
};

/// Runs `kernel(backend, maps)` for the reference on the host and for the device, each on a copy of `start`; compares.
template<class Kernel, class Reference>
void check_maps(std::string_view what, const sliced_maps<float>& start, double tolerance, Reference&& on_host,
                Kernel&& on_device)
{
  const sliced_maps<float> expected{start};
  on_host(*expected);
  const device_maps there{start};
  on_device(*there);
  check_close(what, there.back(), expected, tolerance);
}

}  // namespace thorax::tests
