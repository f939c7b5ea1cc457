// SPDX-License-Identifier: MIT
//
// golden_run: a plan with golden weights, run once, whose kept maps can be looked at.

#pragma once

#include <thorax/model/forward.hpp>    // run_forward, fold_running_statistics
#include <thorax/model/workspace.hpp>  // workspace, scratch_floats
#include <thorax/plan/names.hpp>       // find_part
#include <thorax/plan/plan.hpp>        // draft, for_inference

#include "support/catch.hpp"
#include <algorithm>  // copy_n
#include <cstddef>    // size_t
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax::tests {

/// The plan that predicts, told that somebody reads these parts' maps.
inline draft plan_that_keeps(draft written, std::span<const std::string> parts)
{
  for (const std::string& path : parts) {
    const int part = find_part(view_of(written), path);
    INFO(path);
    REQUIRE(part != none);
    written.buffer_of(written.parts[static_cast<std::size_t>(part)].out).kept = true;
  }
  return for_inference(std::move(written));
}

/// Films, one after the other, through a plan.
template<class Backend>
class golden_run {
public:
  golden_run(const draft& plan, const std::vector<float>& weights, double epsilon, const std::vector<float>& films,
             Backend chosen)
    : plan_{plan}, folded_(plan.folded_floats)
  {
    std::vector<const float*> pointers;
    for (const parameter& each : plan.parameters) pointers.push_back(weights.data() + each.offset);
    for (norm rule : plan.norms) {
      if (rule.epsilon_is_default) rule.epsilon = epsilon;
      fold_running_statistics<Backend>(rule, pointers.data(), {}, folded_.data());
    }
    thread_pool pool{chosen.threads};
    const std::size_t count = films.size() / plan.input.shape.size();
    const workers crew = space_.prepare(plan.arena_floats * count,
                                        scratch_floats<Backend>(view_of(plan)), &pool);
    bound_ = {view_of(plan_), static_cast<int>(count), space_.arena.data(), pointers.data(), folded_.data()};
    const view<float> in = bound_.maps(plan.input);
    for (int n = 0; n < in.samples; ++n)
      std::copy_n(films.data() + static_cast<std::size_t>(n) * in.shape.size(), in.shape.size(), in.sample(n));
    run_forward<Backend>(bound_, crew);
  }
  golden_run(const golden_run&) = delete;

  /// returns:  the numbers of one film
  [[nodiscard]] std::span<const float> maps(const slice& of, int film) const
  {
    const view<float> found = bound_.maps(of);
    return {found.sample(film), found.shape.size()};
  }
  [[nodiscard]] std::span<const float> part(const std::string& path, int film) const
  {
    return maps(plan_.parts[static_cast<std::size_t>(find_part(view_of(plan_), path))].out, film);
  }

  /// returns:  the numbers of all films
  [[nodiscard]] std::vector<float> all(const slice& of) const
  {
    std::vector<float> numbers;
    for (int n = 0; n < bound_.samples; ++n) {
      const std::span<const float> one = maps(of, n);
      numbers.insert(numbers.end(), one.begin(), one.end());
    }
    return numbers;
  }

private:
  draft plan_;
  std::vector<float> folded_;
  workspace space_;
  bindings bound_;
};

}  // namespace thorax::tests
