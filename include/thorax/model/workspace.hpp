// SPDX-License-Identifier: MIT
//
// workspace: the memory that one caller predicts in. It grows on the first call and then stays.

#pragma once

#include <thorax/backend/memory.hpp>         // host_memory, memory
#include <thorax/backend/placed_floats.hpp>  // placed_floats
#include <thorax/backend/workers.hpp>        // workers
#include <thorax/image/preprocessing.hpp>  // preprocess_scratch
#include <thorax/model/bindings.hpp>       // plan_view
#include <thorax/tensor/aligned_floats.hpp>  // aligned_floats, whole_lines

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <memory>
#include <mutex>
#include <utility>  // move
#include <vector>

namespace thorax {

/// returns:  the most scratch that any op of the plan wants for one thread
template<class Backend>
std::size_t scratch_floats(const plan_view& plan)
{
  std::size_t most = 0;
  for (const op& step : plan.ops) most = std::max(most, Backend::scratch_floats(step));
  return whole_lines(most);  // threads start on cache lines of their own
}

/// Arena and scratch for any number of samples. Not to be shared between threads; a model may be.
struct workspace {
  placed_floats arena;     ///< of a training plan: all samples together; of a predicting one: see each_film
  placed_floats scratch;
  aligned_floats inputs;   ///< films that are to be predicted
  aligned_floats answers;  ///< and what the network says: all logits, then all outputs
  preprocess_scratch films;

  /// Makes room where a backend computes, and says who works in it.
  template<memory Memory = host_memory>
  workers prepare(std::size_t arena_floats, std::size_t scratch_of_one, thread_pool* pool)
  {
    workers crew{pool, nullptr, scratch_of_one};
    arena.grow_to<Memory>(arena_floats);
    crew.scratch = scratch.grow_to<Memory>(scratch_of_one * static_cast<std::size_t>(crew.threads()));
    return crew;
  }
};

/// Workspaces that nobody uses at the moment, so that callers who do not care need not own one.
class idle_workspaces {
public:
  [[nodiscard]] std::unique_ptr<workspace> borrow()
  {
    const std::lock_guard lock{mutex_};
    if (idle_.empty()) {
      idle_.reserve(++made_);
      return std::make_unique<workspace>();
    }
    std::unique_ptr<workspace> given = std::move(idle_.back());
    idle_.pop_back();
    return given;
  }

  /// Never allocates: borrow() has made room.
  void give_back(std::unique_ptr<workspace> used)
  {
    const std::lock_guard lock{mutex_};
    idle_.push_back(std::move(used));
  }

private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<workspace>> idle_;
  std::size_t made_{};
};

}  // namespace thorax
