// SPDX-License-Identifier: MIT
//
// fuse_pools: pooling stops being a pass over memory of its own. A transition's means are formed as its
// convolution reads, the stem's maxima as its convolution writes: the larger maps never exist.

#pragma once

#include <thorax/plan/uses.hpp>  // uses, take_out, close_gaps

namespace thorax {

/// An average pooling without rim that only a 1x1 convolution reads becomes part of that convolution.
constexpr draft means_into_convolutions(draft plan)
{
  const uses index{plan};
  op* ops = plan.ops.data();
  const int count = static_cast<int>(plan.ops.size());
  for (int i = 0; i + 1 < count; ++i) {
    op& pool = ops[i];
    op& conv = ops[i + 1];
    const bool fusible = pool.kind == op_kind::average_pool && pool.moving.padding == 0 &&
                         conv.kind == op_kind::convolution && conv.moving == each_pixel &&
                         conv.mean_before == each_pixel && !conv.has_rule_before() &&
                         index.goes_only_to(conv, pool.out) && !plan.buffer_of(pool.out).kept;
    if (!fusible) continue;
    conv.mean_before = pool.moving;
    conv.norm_before = pool.norm_before;
    conv.relu_before = pool.relu_before;
    conv.in = pool.in;
    take_out(pool);
  }
  close_gaps(plan);
  return plan;
}

/// A max pooling that alone reads what a convolution makes becomes part of that convolution.
constexpr draft maxima_into_convolutions(draft plan)
{
  const uses index{plan};
  op* ops = plan.ops.data();
  const int count = static_cast<int>(plan.ops.size());
  for (int i = 0; i + 1 < count; ++i) {
    op& conv = ops[i];
    op& pool = ops[i + 1];
    const bool fusible = conv.kind == op_kind::convolution && pool.kind == op_kind::max_pool &&
                         !pool.has_rule_before() && conv.mean_before == each_pixel &&
                         conv.max_after == each_pixel &&
                         index.goes_only_to(pool, conv.out) && !plan.buffer_of(conv.out).kept;
    if (!fusible) continue;
    conv.max_after = pool.moving;
    conv.out = pool.out;
    pool = conv;
    take_out(conv);
  }
  close_gaps(plan);
  return plan;
}

}  // namespace thorax
