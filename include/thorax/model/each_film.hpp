// SPDX-License-Identifier: MIT
//
// each_film: many films through a packed plan. On the host a film a thread, and those that are left over are cut across
// the threads; on a device as many at once as it takes.

#pragma once

#include <thorax/backend/workers.hpp>  // workers
#include <thorax/model/workspace.hpp>  // workspace

#include <algorithm>  // min
#include <cstddef>    // size_t

namespace thorax {

/// Calls `work(n, count, arena, crew)` for films n to n + count − 1 of `films`, with an arena for these.
///
/// accepts:  the plan that work runs, for the room it needs; a null pool for the calling thread alone
template<class Packed, class Work>
void each_film(workspace& space, const Packed& packed, thread_pool* pool, int films, Work&& work)
{
  using memory_type = typename Packed::memory_type;
  constexpr int at_once = Packed::films_at_once;
  if constexpr (at_once > 1) {  // one thread puts work into the device's stream
    const auto most = static_cast<std::size_t>(std::min(at_once, films));
    const workers crew =
      space.prepare<memory_type>(packed.arena_floats() * most, packed.scratch_floats() * most, pool);
    for (int n = 0; n < films; n += at_once) work(n, std::min(at_once, films - n), space.arena.data(), crew);
    return;
  }
  const int threads = workers{pool}.threads();
  const int together = films / threads * threads;
  const std::size_t arena = packed.arena_floats();
  const workers crew =
    space.prepare<memory_type>(arena * static_cast<std::size_t>(together > 0 ? threads : 1), packed.scratch_floats(), pool);
  crew.run(together, [&](int n, int thread) {
    work(n, 1, space.arena.data() + static_cast<std::size_t>(thread) * arena,
         workers{nullptr, crew.scratch_of(thread), crew.scratch_floats});
  });
  for (int n = together; n < films; ++n) work(n, 1, space.arena.data(), crew);
}

}  // namespace thorax
