// SPDX-License-Identifier: MIT
//
// pool_first: a 1x1 convolution and the average pooling behind it are both linear, and one mixes channels
// while the other mixes pixels; so they may change places, and pooling first leaves a quarter of the work.

#pragma once

#include <thorax/plan/uses.hpp>  // uses

#include <utility>  // exchange, swap

namespace thorax {

/// Requires a pooling window without rim (the mean of a constant is that constant, so a bias may stay behind
/// it). Rounding differs, nothing else.
constexpr draft pool_first(draft plan)
{
  const uses index{plan};
  op* ops = plan.ops.data();
  const int count = static_cast<int>(plan.ops.size());
  for (int i = 0; i + 1 < count; ++i) {
    op& conv = ops[i];
    op& pool = ops[i + 1];
    const bool swappable = conv.kind == op_kind::convolution && conv.moving == window{} &&
                           pool.kind == op_kind::average_pool && pool.moving.padding == 0 &&
                           !conv.has_rule_after() && !pool.has_rule_before() &&
                           index.goes_only_to(pool, conv.out) && !plan.buffer_of(conv.out).kept;
    if (!swappable) continue;
    const slice pooled = plan.new_buffer({conv.in.shape.channels, pool.out.shape.height, pool.out.shape.width});
    pool.in = conv.in;
    pool.norm_before = std::exchange(conv.norm_before, none);
    pool.relu_before = std::exchange(conv.relu_before, false);
    conv.in = pooled;
    conv.out = std::exchange(pool.out, pooled);
    std::swap(conv, pool);
  }
  return plan;
}

}  // namespace thorax
