// SPDX-License-Identifier: MIT
//
// packed_run: films through a plan as it predicts, one after the other. Arena and scratch hold what is not a number
// wherever a kernel could read before it is written, and every film has an arena that can be looked into afterwards.

#pragma once

#include <thorax/model/packed_plan.hpp>  // packed_plan
#include <thorax/plan/plan.hpp>          // draft, view_of

#include <algorithm>  // fill
#include <cstddef>    // size_t
#include <limits>     // quiet_NaN
#include <span>
#include <utility>  // move
#include <vector>

namespace thorax::tests {

/// returns:  where each parameter of a plan lies
inline std::vector<const float*> parameters_in(const plan_view& plan, std::span<const float> weights)
{
  std::vector<const float*> pointers;
  for (const parameter& each : plan.parameters) pointers.push_back(weights.data() + each.offset);
  return pointers;
}

template<predictor Predictor>
class packed_run {
public:
  /// `weights` in the order of the plan; films channel after channel.
  packed_run(const draft& plan, std::span<const float> weights, std::span<const float> films, Predictor chosen,
             thread_pool& pool, double default_epsilon = 1e-5)
    : plan_{plan}, count_{films.size() / plan.input.shape.size()}, arenas_{plan.arena_floats * count_},
      logits_(count_ * plan.logits.shape.size()), output_(count_ * plan.output.shape.size())
  {
    const std::vector<const float*> pointers = parameters_in(view_of(plan), weights);
    std::vector<norm> norms = plan.norms;
    for (norm& rule : norms)
      if (rule.epsilon_is_default) rule.epsilon = default_epsilon;
    const packed_plan<Predictor> packed{view_of(plan_), norms, pointers.data(), std::move(chosen), workers{&pool}};
    const std::size_t scratch_floats = packed.scratch_floats();
    const aligned_floats scratch{scratch_floats * static_cast<std::size_t>(pool.threads())};
    for (const std::span<float> unwritten : {arenas_.span(), scratch.span()})
      std::fill(unwritten.begin(), unwritten.end(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t n = 0; n < count_; ++n) {
      const extents seen = plan.input.shape;
      packed.run(view<const float>::packed(films.data() + n * seen.size(), 1, seen), arena_of(n),
                 {&pool, scratch.data(), scratch_floats}, logits_.data() + n * plan.logits.shape.size(),
                 output_.data() + n * plan.output.shape.size());
    }
  }

  /// What the network says about all films.
  [[nodiscard]] const std::vector<float>& logits() const { return logits_; }
  [[nodiscard]] const std::vector<float>& output() const { return output_; }

  /// returns:  the numbers of maps that were kept, channel after channel, for one film
  [[nodiscard]] std::vector<float> maps(const slice& of, std::size_t film) const
  {
    const buffer& home = plan_.buffers[static_cast<std::size_t>(of.buffer)];
    std::vector<float> numbers(of.shape.size());
    separate({arena_of(film) + home.offset + of.first_channel, of.shape, home.shape.channels},
             view<float>::packed(numbers.data(), 1, of.shape));
    return numbers;
  }

private:
  [[nodiscard]] float* arena_of(std::size_t film) const { return arenas_.data() + film * plan_.arena_floats; }

  draft plan_;
  std::size_t count_;
  aligned_floats arenas_;
  std::vector<float> logits_;
  std::vector<float> output_;
};

}  // namespace thorax::tests
