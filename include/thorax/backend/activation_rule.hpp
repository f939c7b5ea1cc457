// SPDX-License-Identifier: MIT
//
// activation_rule: what happens to each number on its way into or out of a kernel: a scale and a shift by
// channel (a batch norm with known statistics, or a bias), then perhaps a ReLU. Kernels apply it in passing.

#pragma once

namespace thorax {

/// x → relu?(scale[c] · x + shift[c]); a null scale is 1, a null shift is 0.
template<class Number>
struct activation_rule {
  const Number* scale{};
  const Number* shift{};
  bool relu{};

  [[nodiscard]] constexpr bool is_identity() const { return scale == nullptr && shift == nullptr && !relu; }

  [[nodiscard]] constexpr Number operator()(Number x, int c) const
  {
    if (scale != nullptr) x *= scale[c];
    if (shift != nullptr) x += shift[c];
    return relu && x < Number{0} ? Number{0} : x;  // a NaN stays one and is noticed
  }
};

}  // namespace thorax
