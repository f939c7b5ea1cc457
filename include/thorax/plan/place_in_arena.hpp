// SPDX-License-Identifier: MIT
//
// place_in_arena: buffers that are never alive at the same time share memory.

#pragma once

#include <thorax/plan/draft.hpp>             // draft
#include <thorax/tensor/aligned_floats.hpp>  // whole_lines

#include <cstddef>    // size_t
#include <limits>
#include <utility>  // move
#include <vector>

namespace thorax {

/// From the first step that touches a buffer to the last, both included.
struct lifetime {
  int first{std::numeric_limits<int>::max()};
  int last{-1};

  constexpr void touch(int step)
  {
    if (step < first) first = step;
    if (step > last) last = step;
  }
  [[nodiscard]] constexpr bool used() const { return last >= first; }
};

namespace detail {

/// Puts `number` into a sorted list of numbers, behind those that are not after it.
template<class IsAfter>
constexpr void insert_sorted(std::vector<int>& list, int number, IsAfter&& is_after)
{
  std::size_t at = list.size();
  list.push_back(number);
  int* sorted = list.data();
  for (; at > 0 && is_after(sorted[at - 1], number); --at) sorted[at] = sorted[at - 1];
  sorted[at] = number;
}

/// The buffers that have their place, sorted by offset.
class placement {
public:
  constexpr placement(const buffer* buffers, const lifetime* lives) : buffers_{buffers}, lives_{lives} {}

  /// returns:  the lowest offset at which `size` floats meet none of the placed buffers that live at that time
  [[nodiscard]] constexpr std::size_t lowest_gap(int number, std::size_t size) const
  {
    const lifetime life = lives_[number];
    std::size_t start = 0;
    const int* sorted = sorted_.data();
    for (std::size_t i = 0, count = sorted_.size(); i < count; ++i) {
      const lifetime other = lives_[sorted[i]];
      if (other.last < life.first || life.last < other.first) continue;
      const buffer& taken = buffers_[sorted[i]];
      if (start + size <= taken.offset) break;
      const std::size_t end = taken.offset + whole_lines(taken.shape.size());
      if (end > start) start = end;
    }
    return start;
  }

  constexpr void add(int number)
  {
    insert_sorted(sorted_, number, [&](int a, int b) { return buffers_[a].offset > buffers_[b].offset; });
  }

private:
  const buffer* buffers_;
  const lifetime* lives_;
  std::vector<int> sorted_;
};

}  // namespace detail

/// Gives every used buffer its offset: the largest first, each at the lowest place that is free while it lives.
/// Sets arena_floats, the floats that one sample needs.
///
/// see:  "greedy by size", Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net Inference"
constexpr draft place_in_arena(draft plan, const std::vector<lifetime>& lives)
{
  buffer* buffers = plan.buffers.data();
  std::vector<int> order;
  for (int i = 0, count = static_cast<int>(plan.buffers.size()); i < count; ++i)
    if (lives.data()[i].used())
      detail::insert_sorted(order, i, [&](int a, int b) { return buffers[a].shape.size() < buffers[b].shape.size(); });
  detail::placement placed{buffers, lives.data()};
  const int* next = order.data();
  for (std::size_t i = 0, count = order.size(); i < count; ++i) {
    const std::size_t size = whole_lines(buffers[next[i]].shape.size());
    buffers[next[i]].offset = placed.lowest_gap(next[i], size);
    placed.add(next[i]);
    if (buffers[next[i]].offset + size > plan.arena_floats) plan.arena_floats = buffers[next[i]].offset + size;
  }
  return plan;
}

/// The same for a plan that only runs forward; kept buffers live to its end.
constexpr draft place_in_arena(draft plan)
{
  std::vector<lifetime> lives(plan.buffers.size());
  lifetime* live = lives.data();
  const op* ops = plan.ops.data();
  const int steps = static_cast<int>(plan.ops.size());
  if (plan.input.buffer != none) live[plan.input.buffer].touch(0);
  for (const slice& maps : plan.features) live[maps.buffer].touch(0);
  for (int i = 0; i < steps; ++i) {
    live[ops[i].in.buffer].touch(i);
    live[ops[i].out.buffer].touch(i);
  }
  const buffer* buffers = plan.buffers.data();
  for (int i = 0, count = static_cast<int>(plan.buffers.size()); i < count; ++i)
    if (buffers[i].kept) live[i].touch(steps);
  return place_in_arena(std::move(plan), lives);
}

}  // namespace thorax
