// SPDX-License-Identifier: MIT
//
// trained_numbers: the parameters of a network that is trained, the gradients of those that change, and the optimizer's
// moments, for the host and where the backend computes.

#pragma once

#include <thorax/backend/adam_step.hpp>      // adam_step
#include <thorax/backend/workers.hpp>        // workers
#include <thorax/model/mirrored_floats.hpp>  // mirrored_floats
#include <thorax/plan/op.hpp>                // parameter

#include <cstddef>  // size_t
#include <span>
#include <utility>  // move
#include <vector>

namespace thorax {

/// Nothing trains before the first begin().
template<memory Memory>
class trained_numbers {
public:
  mirrored_floats<Memory> parameters;
  mirrored_floats<Memory> gradients;  ///< of the parameters from first() on, as are the moments
  mirrored_floats<Memory> first_moments;
  mirrored_floats<Memory> second_moments;

  trained_numbers(std::span<const parameter> tensors, std::vector<float> numbers) : parameters{std::move(numbers)}
  {
    const float* const on_host = parameters.read().data();
    const float* const there = parameters.read_there();
    for (const parameter& each : tensors) {
      on_host_.push_back(on_host + each.offset);
      there_.push_back(there + each.offset);
    }
  }
  trained_numbers(const trained_numbers&) = delete;
  trained_numbers& operator=(const trained_numbers&) = delete;

  /// Trains from parameter number `first` of the flat array on; gradients and moments become 0.
  void begin(std::size_t first)
  {
    first_ = first;
    for (mirrored_floats<Memory>* each : {&gradients, &first_moments, &second_moments})
      each->assign_zeros(parameters.size() - first);
  }

  [[nodiscard]] std::size_t first() const { return first_; }

  /// One pointer a parameter, to numbers that are up to date.
  [[nodiscard]] const float* const* pointers_on_host() const
  {
    static_cast<void>(parameters.read());
    return on_host_.data();
  }
  [[nodiscard]] const float* const* pointers_there() const
  {
    static_cast<void>(parameters.read_there());
    return there_.data();
  }

  /// Changes the parameters by their gradients.
  template<class Backend>
  void update(const workers& crew, const adam_step& step)
  {
    const std::size_t count = gradients.size();
    Backend::adam(crew, std::span<float>{parameters.change_there() + first_, count},
                  std::span<const float>{gradients.read_there(), count},
                  std::span<float>{first_moments.change_there(), count},
                  std::span<float>{second_moments.change_there(), count}, step);
  }

private:
  std::vector<const float*> on_host_;
  std::vector<const float*> there_;
  std::size_t first_{};
};

}  // namespace thorax
