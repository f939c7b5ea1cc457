// SPDX-License-Identifier: MIT
//
// fuse_activations: batch norms and ReLUs stop being passes over memory of their own. Behind a convolution
// they fold into it; before a reader they happen as it reads.

#pragma once

#include <thorax/plan/elide_copies.hpp>  // is_copy
#include <thorax/plan/uses.hpp>          // uses, take_out, close_gaps

#include <limits>
#include <utility>  // exchange

namespace thorax {

namespace detail {

constexpr bool is_relu_only(const op& step)
{
  return step.kind == op_kind::activation && step.norm_before == none && step.relu_before;
}

}  // namespace detail

/// A batch norm followed by nothing but a ReLU becomes one op that does both.
constexpr draft join_norm_and_relu(draft plan)
{
  const uses index{plan};
  op* ops = plan.ops.data();
  const int count = static_cast<int>(plan.ops.size());
  for (int i = 0; i < count; ++i) {
    op& relu = ops[i];
    if (!detail::is_relu_only(relu) || plan.buffer_of(relu.in).kept) continue;
    const int at = index.maker(relu.in);
    if (at == none || index.count_readers(relu.in) != 1) continue;
    op& norm = ops[at];
    if (norm.kind != op_kind::activation || norm.norm_before == none || norm.relu_before) continue;
    norm.relu_before = true;
    norm.out = relu.out;
    take_out(relu);
  }
  close_gaps(plan);
  return plan;
}

/// A batch norm or ReLU that alone reads what a convolution or linear layer makes becomes part of it.
/// Only ops with position < `limit` are touched: training needs what its own batch norms read.
constexpr draft fold_into_producers(draft plan, int limit = std::numeric_limits<int>::max())
{
  uses index{plan};
  op* ops = plan.ops.data();
  const int count = static_cast<int>(plan.ops.size());
  for (int i = 0; i < count; ++i) {
    op& rule = ops[i];
    if (rule.kind != op_kind::activation || rule.position >= limit || plan.buffer_of(rule.in).kept) continue;
    const int at = index.maker(rule.in);
    if (at == none || index.count_readers(rule.in) != 1) continue;
    op& maker = ops[at];
    if (!is_product(maker.kind) || maker.has_rule_after() || maker.position >= limit) continue;
    if (rule.norm_before != none && maker.bias != none) continue;
    maker.norm_after = rule.norm_before;
    maker.relu_after = rule.relu_before;
    const slice before = std::exchange(maker.out, rule.out);
    take_out(rule);
    index.remade(at, before);
  }
  close_gaps(plan);
  return plan;
}

/// A batch norm or ReLU whose readers can all apply it as they read disappears into them.
constexpr draft move_into_readers(draft plan)
{
  const uses index{plan};
  op* ops = plan.ops.data();
  const int count = static_cast<int>(plan.ops.size());
  for (int i = 0; i < count; ++i) {
    op& rule = ops[i];
    const bool movable = rule.kind == op_kind::activation && !detail::is_copy(rule) &&
                         !plan.buffer_of(rule.out).kept && plan.is_whole(rule.out);
    if (!movable) continue;
    bool all_can = index.count_readers(rule.out) > 0;
    index.each_reader(rule.out, [&](int number) {
      const op& reader = ops[number];
      all_can = all_can && reader.kind != op_kind::activation && !gives_probabilities(reader.kind) &&
                !reader.has_rule_before() && reader.in == rule.out;
    });
    if (!all_can) continue;
    index.each_reader(slice{rule.out}, [&](int number) {
      ops[number].norm_before = rule.norm_before;
      ops[number].relu_before = rule.relu_before;
      ops[number].in = rule.in;
    });
    take_out(rule);
  }
  close_gaps(plan);
  return plan;
}

}  // namespace thorax
