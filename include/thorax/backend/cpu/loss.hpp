// SPDX-License-Identifier: MIT
//
// loss: a few numbers a sample, for which the reference's loops are enough.

#pragma once

#include <thorax/backend/reference/loss.hpp>  // reference_loss

namespace thorax {

/// The reference's kernel as it is, in double.
struct cpu_loss : reference_loss {};

}  // namespace thorax
