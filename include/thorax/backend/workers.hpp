// SPDX-License-Identifier: MIT
//
// workers: who runs a kernel and the working memory they borrow. The first argument of every kernel.

#pragma once

#include <thorax/base/thread_pool.hpp>  // borrowed_work, thread_pool

#include <cstddef>  // size_t

namespace thorax {

/// Threads with one scratch each. Kernels allocate nothing; what they need is sized before a plan runs.
struct workers {
  thread_pool* pool{};             ///< null: the caller's thread does everything
  float* scratch{};                ///< threads() × scratch_floats
  std::size_t scratch_floats{};    ///< for one thread

  [[nodiscard]] int threads() const { return pool == nullptr ? 1 : pool->threads(); }
  [[nodiscard]] float* scratch_of(int thread) const
  {
    return scratch + static_cast<std::size_t>(thread) * scratch_floats;
  }

  template<class Work>
  void run(int tasks, Work&& work) const
  {
    const borrowed_work each{work};
    if (pool != nullptr) return pool->run(tasks, each);
    for (int task = 0; task < tasks; ++task) each(task, 0);
  }
};

}  // namespace thorax
