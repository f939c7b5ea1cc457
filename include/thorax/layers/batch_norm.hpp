// SPDX-License-Identifier: MIT
//
// batch_norm: each channel moved to mean 0 and variance 1, then scaled and shifted by learned numbers.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// What is added to a variance before the root: Numerator / Denominator.
template<int Numerator, int Denominator>
struct epsilon {
  static_assert(Numerator > 0 && Denominator > 0, "thorax: epsilon<numerator, denominator> needs positive numbers");
  static constexpr double value = static_cast<double>(Numerator) / Denominator;
};

namespace detail {

struct normalization {
  static constexpr std::string_view word = "norm";
  static constexpr bool accepts(extents) { return true; }
  static constexpr extents output(extents in) { return in; }

  static constexpr slice lower(draft& plan, slice in, double epsilon, bool is_default)
  {
    return plan.emit({.kind = op_kind::activation,
                      .in = in,
                      .out = plan.new_buffer(in.shape),
                      .norm_before = plan.new_norm(in.shape.channels, epsilon, is_default)});
  }
};

}  // namespace detail

/// Four parameters a channel: weight, bias, and the running mean and variance that inference uses. Its
/// epsilon is PyTorch's 1e-5 unless the weights file says that they were trained with another (Keras: 1.001e-5).
///
/// see:  Ioffe and Szegedy 2015, algorithm 1
struct batch_norm : detail::normalization {
  static constexpr slice lower(draft& plan, slice in) { return normalization::lower(plan, in, 1e-5, true); }
};

/// The same with an epsilon of its own, which no weights file changes.
template<class Epsilon>
struct batch_norm_with : detail::normalization {
  static constexpr slice lower(draft& plan, slice in)
  {
    return normalization::lower(plan, in, Epsilon::value, false);
  }
};

}  // namespace thorax
