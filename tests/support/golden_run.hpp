// SPDX-License-Identifier: MIT
//
// golden_run: a plan with golden weights, run once, whose kept maps can be looked at.

#pragma once

#include <thorax/plan/names.hpp>  // find_part
#include <thorax/plan/plan.hpp>   // draft, for_inference

#include "support/catch.hpp"
#include "support/packed_run.hpp"  // packed_run

#include <cstddef>  // size_t
#include <span>
#include <string>
#include <utility>  // declval, move
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
template<predicting_backend Backend>
class golden_run {
public:
  golden_run(const draft& plan, const std::vector<float>& weights, double epsilon, const std::vector<float>& films,
             Backend chosen)
    : plan_{plan}, pool_{chosen.threads}, run_{plan, weights, films, chosen.predictor(), pool_, epsilon}
  {
  }

  [[nodiscard]] std::vector<float> part(const std::string& path, int film) const
  {
    return run_.maps(plan_.parts[static_cast<std::size_t>(find_part(view_of(plan_), path))].out,
                     static_cast<std::size_t>(film));
  }

  /// returns:  what the network says about all films
  [[nodiscard]] const std::vector<float>& logits() const { return run_.logits(); }
  [[nodiscard]] const std::vector<float>& output() const { return run_.output(); }

private:
  draft plan_;
  thread_pool pool_;
  packed_run<decltype(std::declval<const Backend&>().predictor())> run_;
};

}  // namespace thorax::tests
