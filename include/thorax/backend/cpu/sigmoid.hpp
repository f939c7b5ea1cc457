// SPDX-License-Identifier: MIT
//
// sigmoid: a classifier's few numbers a sample, for which the reference's loops are enough.

#pragma once

#include <thorax/backend/reference/sigmoid.hpp>  // reference_sigmoid

namespace thorax {

/// The reference's kernels as they are, in double.
struct cpu_sigmoid : reference_sigmoid {};

}  // namespace thorax
