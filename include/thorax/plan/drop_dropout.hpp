// SPDX-License-Identifier: MIT
//
// drop_dropout: outside of training, dropout does nothing.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// Each dropout becomes a copy, which elide_copies then removes.
constexpr draft drop_dropout(draft plan)
{
  for (op& step : plan.ops) {
    if (step.kind != op_kind::dropout) continue;
    step.kind = op_kind::activation;
    step.rate = 0;
  }
  return plan;
}

}  // namespace thorax
