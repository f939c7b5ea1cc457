// SPDX-License-Identifier: MIT
//
// each_film: many films through a packed plan, a film a thread; those that are left over are cut across the threads.

#pragma once

#include <thorax/backend/workers.hpp>  // workers
#include <thorax/model/workspace.hpp>  // workspace

#include <cstddef>  // size_t

namespace thorax {

/// Calls `work(n, arena, crew)` for each of `films` films, with an arena for one of them.
///
/// accepts:  the plan that work runs, for the room it needs; a null pool for the calling thread alone
template<class Packed, class Work>
void each_film(workspace& space, const Packed& packed, thread_pool* pool, int films, Work&& work)
{
  const int threads = workers{pool}.threads();
  const int together = films / threads * threads;
  const std::size_t arena = packed.arena_floats();
  const workers crew =
    space.prepare(arena * static_cast<std::size_t>(together > 0 ? threads : 1), packed.scratch_floats(), pool);
  crew.run(together, [&](int n, int thread) {
    work(n, space.arena.data() + static_cast<std::size_t>(thread) * arena,
         workers{nullptr, crew.scratch_of(thread), crew.scratch_floats});
  });
  for (int n = together; n < films; ++n) work(n, space.arena.data(), crew);
}

}  // namespace thorax
