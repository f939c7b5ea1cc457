// SPDX-License-Identifier: MIT
//
// drop_dropout: outside of training, dropout does nothing.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

#include <limits>

namespace thorax {

/// Each dropout with position < `limit` becomes a copy, which elide_copies then removes.
constexpr draft drop_dropout(draft plan, int limit = std::numeric_limits<int>::max())
{
  for (op& step : plan.ops) {
    if (step.kind != op_kind::dropout || step.position >= limit) continue;
    step.kind = op_kind::activation;
    step.rate = 0;
  }
  return plan;
}

}  // namespace thorax
