// SPDX-License-Identifier: MIT
//
// elide_copies: a buffer that is only made to be copied into a larger one is made there in the first place.
// This is what makes DenseNet's concatenations cost nothing.

#pragma once

#include <thorax/plan/draft.hpp>  // draft
#include <thorax/plan/uses.hpp>   // take_out, close_gaps

#include <cstddef>  // size_t
#include <vector>

namespace thorax {

namespace detail {

constexpr bool is_copy(const op& step)
{
  return step.kind == op_kind::activation && !step.has_rule_before() && !step.has_rule_after();
}

/// Where each buffer's maps live: in itself, or as channels of another.
class homes {
public:
  constexpr explicit homes(const draft& plan) : home_(plan.buffers.size())
  {
    const int count = static_cast<int>(home_.size());
    slice* home = home_.data();
    for (int i = 0; i < count; ++i) home[i].buffer = i;
  }

  [[nodiscard]] constexpr slice of(const slice& maps) const
  {
    const slice& home = home_.data()[maps.buffer];
    return {home.buffer, home.first_channel + maps.first_channel, maps.shape};
  }
  [[nodiscard]] constexpr bool moved(int buffer) const { return home_.data()[buffer].buffer != buffer; }
  constexpr void move(int buffer, const slice& target) { home_.data()[buffer] = target; }

private:
  std::vector<slice> home_;
};

constexpr void rewrite_slices(draft& plan, const homes& homes)
{
  op* ops = plan.ops.data();
  for (std::size_t i = 0, count = plan.ops.size(); i < count; ++i) {
    ops[i].in = homes.of(ops[i].in);
    ops[i].out = homes.of(ops[i].out);
  }
  part* parts = plan.parts.data();
  for (std::size_t i = 0, count = plan.parts.size(); i < count; ++i) parts[i].out = homes.of(parts[i].out);
  for (slice& maps : plan.features) maps = homes.of(maps);
  if (plan.input.buffer != none) plan.input = homes.of(plan.input);
  plan.logits = homes.of(plan.logits);
  plan.output = homes.of(plan.output);
}

}  // namespace detail

/// Requires that every buffer is written once, as lowering does it. A copy stays when its source already has
/// another home or is the plan's input, which a caller fills.
constexpr draft elide_copies(draft plan)
{
  detail::homes homes{plan};
  op* ops = plan.ops.data();
  for (int i = static_cast<int>(plan.ops.size()) - 1; i >= 0; --i) {
    op& step = ops[i];
    const bool movable = detail::is_copy(step) && plan.is_whole(step.in) && !homes.moved(step.in.buffer) &&
                         step.in.buffer != plan.input.buffer;
    if (!movable) continue;
    const slice target = homes.of(step.out);
    homes.move(step.in.buffer, target);
    if (plan.buffer_of(step.in).kept) plan.buffer_of(target).kept = true;
    take_out(step);
  }
  close_gaps(plan);
  detail::rewrite_slices(plan, homes);
  return plan;
}

}  // namespace thorax
