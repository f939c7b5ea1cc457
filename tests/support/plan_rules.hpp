// SPDX-License-Identifier: MIT
//
// plan_rules: what must hold for every plan that runs forward, written down apart from the passes that make one.

#pragma once

#include <thorax/plan/plan.hpp>  // plan_view
#include <thorax/plan/uses.hpp>  // overlap

#include <cstddef>  // size_t
#include <string_view>
#include <utility>  // pair
#include <vector>

namespace thorax::tests {

/// returns:  does the slice name channels that its buffer has, at the buffer's height and width?
constexpr bool is_inside(const plan_view& plan, const slice& maps)
{
  if (maps.buffer < 0 || static_cast<std::size_t>(maps.buffer) >= plan.buffers.size()) return false;
  const extents& whole = plan.buffers[static_cast<std::size_t>(maps.buffer)].shape;
  return maps.first_channel >= 0 && maps.shape.channels > 0 &&
         maps.first_channel + maps.shape.channels <= whole.channels && maps.shape.height == whole.height &&
         maps.shape.width == whole.width;
}

constexpr bool all_slices_are_inside(const plan_view& plan)
{
  for (const op& step : plan.ops)
    if (!is_inside(plan, step.in) || !is_inside(plan, step.out)) return false;
  for (const part& each : plan.parts)
    if (!is_inside(plan, each.out)) return false;
  return is_inside(plan, plan.input) && is_inside(plan, plan.logits) && is_inside(plan, plan.output);
}

/// returns:  how many ops do nothing but move numbers from one place to another
constexpr int count_copies(const plan_view& plan)
{
  int count = 0;
  for (const op& step : plan.ops)
    if (step.kind == op_kind::activation && step.norm_before == none && !step.relu_before) ++count;
  return count;
}

constexpr int count_of(const plan_view& plan, op_kind kind)
{
  int count = 0;
  for (const op& step : plan.ops)
    if (step.kind == kind) ++count;
  return count;
}

/// returns:  multiplications of all convolutions that stand in a part with that word and number, or below it
constexpr std::size_t convolution_macs(const plan_view& plan, std::string_view word, int number)
{
  std::size_t sum = 0;
  for (const op& step : plan.ops) {
    if (step.kind != op_kind::convolution) continue;
    for (int i = step.part; i != none; i = plan.parts[static_cast<std::size_t>(i)].parent) {
      const part& around = plan.parts[static_cast<std::size_t>(i)];
      if (around.number == number && around.word == word) sum += step.macs();
    }
  }
  return sum;
}

/// First and last op that touch each buffer; buffers that nobody touches have a last before their first.
constexpr std::vector<std::pair<int, int>> lives_of(const plan_view& plan)
{
  const int steps = static_cast<int>(plan.ops.size());
  std::vector<std::pair<int, int>> lives(plan.buffers.size(), {steps, -1});
  std::pair<int, int>* life = lives.data();
  life[plan.input.buffer] = {0, 0};
  const op* ops = plan.ops.data();
  for (int i = 0; i < steps; ++i) {
    for (const int touched : {ops[i].in.buffer, ops[i].out.buffer}) {
      if (i < life[touched].first) life[touched].first = i;
      life[touched].second = i;
    }
  }
  for (const int asked_for : {plan.logits.buffer, plan.output.buffer}) life[asked_for].second = steps;
  return lives;
}

/// returns:  how many pairs of buffers share memory while both are needed, and buffers outside the arena
constexpr int count_clashes(const plan_view& plan)
{
  const std::vector<std::pair<int, int>> lives = lives_of(plan);
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < lives.size(); ++i)
    if (lives.data()[i].second >= lives.data()[i].first) used.push_back(i);
  const buffer* buffers = plan.buffers.data();
  int clashes = 0;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const auto [first, last] = lives.data()[used.data()[i]];
    const std::size_t begin = buffers[used.data()[i]].offset;
    const std::size_t end = begin + buffers[used.data()[i]].shape.size();
    if (end > plan.arena_floats) ++clashes;
    for (std::size_t k = 0; k < i; ++k) {
      const std::size_t other = used.data()[k];
      if (lives.data()[other].first > last || first > lives.data()[other].second) continue;
      if (buffers[other].offset < end && begin < buffers[other].offset + buffers[other].shape.size()) ++clashes;
    }
  }
  return clashes;
}

/// Walks the plan with a mark on every float of the arena, channels last: which buffer's channel was written there last.
/// returns:  how many ops read a channel that was never written, or whose memory somebody else wrote since; the
///           logits and the output count as read behind the last op
inline int count_misreadings(const plan_view& plan)
{
  std::vector<std::size_t> marks(plan.arena_floats, 0);
  const auto each_float = [&](const slice& maps, auto&& visit) {
    const std::size_t pixels = maps.shape.pixels();
    const buffer& home = plan.buffers[static_cast<std::size_t>(maps.buffer)];
    const auto stride = static_cast<std::size_t>(home.shape.channels);
    for (int c = maps.first_channel; c < maps.first_channel + maps.shape.channels; ++c)
      for (std::size_t i = 0; i < pixels; ++i)
        visit(marks[home.offset + i * stride + static_cast<std::size_t>(c)],
              (static_cast<std::size_t>(maps.buffer) + 1) * 100000 + static_cast<std::size_t>(c));
  };
  int wrong = 0;
  const auto read = [&](const slice& maps) {
    bool right = true;
    each_float(maps, [&](std::size_t found, std::size_t expected) { right = right && found == expected; });
    wrong += right ? 0 : 1;
  };
  const auto write = [&](const slice& maps) {
    each_float(maps, [](std::size_t& mark, std::size_t made) { mark = made; });
  };
  write(plan.input);
  for (const op& step : plan.ops) {
    read(step.in);
    write(step.out);
  }
  read(plan.logits);
  read(plan.output);
  return wrong;
}

}  // namespace thorax::tests
