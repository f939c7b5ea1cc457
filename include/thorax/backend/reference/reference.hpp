// SPDX-License-Identifier: MIT
//
// reference: the backend that is the specification. Plain loops, sums in double, for float and double.

#pragma once

#include <thorax/backend/backend.hpp>                  // backend
#include <thorax/backend/reference/activation.hpp>     // reference_activation
#include <thorax/backend/reference/convolution.hpp>    // reference_convolution
#include <thorax/backend/reference/dropout.hpp>        // reference_dropout
#include <thorax/backend/reference/linear.hpp>         // reference_linear
#include <thorax/backend/reference/loss.hpp>           // reference_loss
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/backend/reference/pooling.hpp>        // reference_pooling
#include <thorax/backend/reference/predictor.hpp>      // reference_predictor
#include <thorax/backend/reference/sigmoid.hpp>        // reference_sigmoid
#include <thorax/backend/reference/softmax.hpp>        // reference_softmax
#include <thorax/backend/reference/update.hpp>         // reference_update

#include <cstddef>      // size_t
#include <string_view>

namespace thorax {

/// What every other backend is compared with. Its kernels use the calling thread only.
struct reference : reference_convolution,
                   reference_linear,
                   reference_pooling,
                   reference_activation,
                   reference_normalization,
                   reference_dropout,
                   reference_softmax,
                   reference_sigmoid,
                   reference_loss,
                   reference_update {
  static constexpr std::string_view name = "reference";

  int threads{1};

  reference() = default;
  constexpr explicit reference(int wanted) : threads{wanted} {}

  [[nodiscard]] static reference_predictor predictor() { return {}; }

  /// returns:  how many floats of scratch one thread needs for the op, forward and backward: none
  [[nodiscard]] static constexpr std::size_t scratch_floats(const op&) { return 0; }
};

static_assert(backend<reference>);

}  // namespace thorax
