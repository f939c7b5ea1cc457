// SPDX-License-Identifier: MIT
//
// uses: which ops make and which read a buffer's maps, so that no pass has to search all ops. Written with
// linked numbers in flat arrays, because compilers count every step of a constant evaluation.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

#include <cstddef>  // size_t
#include <vector>

namespace thorax {

/// returns:  do two slices share a channel?
constexpr bool overlap(const slice& a, const slice& b)
{
  return a.buffer == b.buffer && a.first_channel < b.first_channel + b.shape.channels &&
         b.first_channel < a.first_channel + a.shape.channels;
}

/// An index over the ops of a draft. A pass that lets an op make other maps says so by `remade`; what an op
/// no longer does is noticed when it is looked up.
class uses {
public:
  constexpr explicit uses(const draft& plan)
    : ops_{plan.ops.data()}, first_reader_(plan.buffers.size(), none), next_reader_(plan.ops.size(), none),
      first_maker_(plan.buffers.size(), none), next_maker_(plan.ops.size(), none)
  {
    for (int i = static_cast<int>(plan.ops.size()) - 1; i >= 0; --i) {
      link(first_reader_.data(), next_reader_.data(), ops_[i].in.buffer, i);
      link(first_maker_.data(), next_maker_.data(), ops_[i].out.buffer, i);
    }
  }

  /// Op `number` made `before` and now makes other maps.
  constexpr void remade(int number, const slice& before)
  {
    int* next = next_maker_.data();
    int* at = &first_maker_.data()[before.buffer];
    while (*at != number) at = &next[*at];
    *at = next[number];
    link(first_maker_.data(), next, ops_[number].out.buffer, number);
  }

  /// Calls `visit(number)` for each op that reads any channel of these maps, in the order of the ops.
  template<class Visit>
  constexpr void each_reader(const slice& maps, Visit&& visit) const
  {
    const int* next = next_reader_.data();
    for (int i = first_reader_.data()[maps.buffer]; i != none; i = next[i])
      if (overlap(ops_[i].in, maps)) visit(i);
  }

  [[nodiscard]] constexpr int count_readers(const slice& maps) const
  {
    int count = 0;
    each_reader(maps, [&](int) { ++count; });
    return count;
  }

  /// returns:  is `reader` the only one that reads any of these maps, and does it read them all?
  [[nodiscard]] constexpr bool goes_only_to(const op& reader, const slice& maps) const
  {
    return reader.in == maps && count_readers(maps) == 1;
  }

  /// returns:  the number of the op that makes exactly these maps, or none
  [[nodiscard]] constexpr int maker(const slice& maps) const
  {
    const int* next = next_maker_.data();
    for (int i = first_maker_.data()[maps.buffer]; i != none; i = next[i])
      if (ops_[i].out == maps) return i;
    return none;
  }

private:
  static constexpr void link(int* first, int* next, int buffer, int number)
  {
    next[number] = first[buffer];
    first[buffer] = number;
  }

  const op* ops_;
  std::vector<int> first_reader_;
  std::vector<int> next_reader_;
  std::vector<int> first_maker_;
  std::vector<int> next_maker_;
};

/// Marks an op to be taken out; nobody finds it in the index any more, because no slice overlaps with no
/// channels from 0 on.
constexpr void take_out(op& step)
{
  step.position = none;
  step.in.first_channel = step.in.shape.channels = 0;
  step.out.first_channel = step.out.shape.channels = 0;
}

/// Removes the ops that were taken out.
constexpr void close_gaps(draft& plan)
{
  op* ops = plan.ops.data();
  const std::size_t count = plan.ops.size();
  std::size_t left = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (ops[i].position != none) ops[left++] = ops[i];
  plan.ops.resize(left);
}

}  // namespace thorax
