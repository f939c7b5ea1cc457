// SPDX-License-Identifier: MIT
//
// mirrored_floats: numbers that both the host and a backend read and change: parameters, gradients, moments. On a backend
// that computes in the host's memory they exist once.

#pragma once

#include <thorax/backend/memory.hpp>         // memory
#include <thorax/backend/placed_floats.hpp>  // placed_floats

#include <cstddef>  // size_t
#include <span>
#include <utility>  // move
#include <vector>

namespace thorax {

/// Each side is brought up to date when it is asked for, if the other was asked for to be changed since. What is asked
/// for holds until the other side is. Not to be shared between threads.
template<memory Memory>
class mirrored_floats {
public:
  mirrored_floats() = default;
  explicit mirrored_floats(std::vector<float> numbers) : host_{std::move(numbers)} {}

  /// Makes them `count` zeros.
  void assign_zeros(std::size_t count)
  {
    host_.assign(count, 0.0F);
    newer_ = side::host;
  }

  [[nodiscard]] std::size_t size() const { return host_.size(); }

  /// On the host: to be read, and to be changed.
  [[nodiscard]] std::span<const float> read() const
  {
    bring_to_host();
    return host_;
  }
  [[nodiscard]] std::span<float> change()
  {
    bring_to_host();
    newer_ = side::host;
    return host_;
  }

  /// Where the backend computes: to be read, and to be changed.
  [[nodiscard]] const float* read_there() const { return bring_there(); }
  [[nodiscard]] float* change_there()
  {
    float* const numbers = bring_there();
    newer_ = side::there;
    return numbers;
  }

private:
  enum class side { neither, host, there };

  void bring_to_host() const
  {
    if constexpr (!Memory::is_host) {
      if (newer_ != side::there) return;
      Memory::copy_out(there_.data(), host_.size(), host_.data());
      newer_ = side::neither;
    }
  }

  float* bring_there() const
  {
    if constexpr (Memory::is_host) return host_.data();
    else {
      if (newer_ != side::host) return there_.data();
      there_.template grow_to<Memory>(host_.size());
      Memory::copy_in(host_.data(), host_.size(), there_.data());
      newer_ = side::neither;
      return there_.data();
    }
  }

  mutable std::vector<float> host_;
  mutable placed_floats there_;
  mutable side newer_{side::host};
};

}  // namespace thorax
