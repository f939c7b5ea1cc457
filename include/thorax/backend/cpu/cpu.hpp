// SPDX-License-Identifier: MIT
//
// cpu: the backend for people in a hurry: kernels of its own, matrix products by OpenBLAS where there is none, and loops
// that the compiler vectorizes, shared out among threads so that their number never changes a result.

#pragma once

#include <thorax/backend/backend.hpp>            // backend
#include <thorax/backend/cpu/activation.hpp>     // cpu_activation
#include <thorax/backend/cpu/convolution.hpp>    // cpu_convolution
#include <thorax/backend/cpu/cpu_inference.hpp>  // cpu_inference
#include <thorax/backend/cpu/dropout.hpp>        // cpu_dropout
#include <thorax/backend/cpu/linear.hpp>         // cpu_linear
#include <thorax/backend/cpu/loss.hpp>           // cpu_loss
#include <thorax/backend/cpu/normalization.hpp>  // cpu_normalization
#include <thorax/backend/cpu/pooling.hpp>        // cpu_pooling
#include <thorax/backend/cpu/sigmoid.hpp>        // cpu_sigmoid
#include <thorax/backend/cpu/softmax.hpp>        // cpu_softmax
#include <thorax/backend/cpu/update.hpp>         // cpu_update

#include <cstddef>  // size_t

namespace thorax {

/// `cpu{}` uses every thread this process may, `cpu{2}` two; `cpu{2, {.winograd = false}}` sets switches.
struct cpu : cpu_inference,
             cpu_convolution,
             cpu_linear,
             cpu_pooling,
             cpu_activation,
             cpu_normalization,
             cpu_dropout,
             cpu_softmax,
             cpu_sigmoid,
             cpu_loss,
             cpu_update {
  using cpu_inference::cpu_inference;

  /// returns:  how many floats of scratch one thread needs for the op, forward and backward
  [[nodiscard]] static std::size_t scratch_floats(const op& step)
  {
    if (step.kind == op_kind::convolution) return convolution_scratch(step.in.shape, step.out.shape, step.moving);
    return step.kind == op_kind::linear ? linear_scratch(step.in.shape) : 0;
  }
};

static_assert(backend<cpu>);

}  // namespace thorax
