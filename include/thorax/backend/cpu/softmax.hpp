// SPDX-License-Identifier: MIT
//
// softmax: a classifier's few numbers a sample, for which the reference's loops are enough.

#pragma once

#include <thorax/backend/reference/softmax.hpp>  // reference_softmax

namespace thorax {

/// The reference's kernels as they are, in double; a network with a softmax over large maps would want more.
struct cpu_softmax : reference_softmax {};

}  // namespace thorax
