// SPDX-License-Identifier: MIT
//
// launch: how work is put onto the device: a functor for each index, by thrust, or a body for each block of lanes. g++
// compiles the same for an emulated device, where thrust's CPU system and loops do it.

#pragma once

#include <thorax/backend/cuda/device.cuh>  // device_access, device_policy, ensure_on_device, …
#include <thorax/base/ensure.hpp>          // ensure

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstddef>  // size_t

namespace thorax {

/// How many blocks there are.
struct grid {
  int x{1};
  int y{1};
  int z{1};
};

inline constexpr std::size_t most_indices = std::size_t{1} << 31;

/// Calls `work(i)` for i in [0, count), in no order. Indices have 32 bits: a GPU divides those several times faster.
///
/// throws:  error{limit_exceeded} for more numbers than that
template<class Work>
void for_each_index(std::size_t count, Work work)
{
  if (count == 0) return;
  ensure(count <= most_indices, error_code::limit_exceeded, [] {
    return "maps of one buffer hold more than 2^31 numbers in a batch; take smaller batches";
  });
  ensure_on_device(work);
  const device_access granted;
  guarded([&] {
    thrust::for_each_n(device_policy(), thrust::counting_iterator<unsigned>{0}, static_cast<unsigned>(count), work);
  });
}

/// Calls `body(block, shared)` for each block of the grid. A body has
///   lanes          how many lanes a block has,
///   shared         what they share,
/// and does everything in `block.each_lane(f)`, which calls f(lane) for all lanes and then is a barrier. What a lane
/// keeps from one to the next stands in a `Block::kept<Type>`, which is asked by lane.
template<class Body>
void for_each_block(grid blocks, const Body& body)
{
  if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0) return;
  ensure_on_device(body);
  const device_access granted;
  launch_blocks(blocks.x, blocks.y, blocks.z, body);
}

/// returns:  how many blocks of `size` cover `count`
constexpr int blocks_over(int count, int size) { return (count + size - 1) / size; }

}  // namespace thorax
