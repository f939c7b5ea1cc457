// SPDX-License-Identifier: MIT
//
// dropout: in training, a share of the numbers becomes 0 by lot; otherwise nothing happens.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

namespace thorax {

/// A share in whole hundredths, because not every compiler takes a fraction as template argument.
template<int Hundredths>
struct percent {
  static constexpr float share = static_cast<float>(Hundredths) / 100.0F;
};

/// Inverted dropout: what stays grows by 1 / (1 - share), so that inference needs no correction.
///
/// see:  Srivastava et al. 2014
template<class Percent>
struct dropout {
  static constexpr std::string_view word = "dropout";
  static constexpr bool in_range = Percent::share >= 0 && Percent::share < 1;

  static constexpr bool accepts(extents) { return in_range; }
  static constexpr extents output(extents in) { return in; }

  static constexpr slice lower(draft& plan, slice in)
  {
    return plan.emit({.kind = op_kind::dropout,
                      .in = in,
                      .out = plan.new_buffer(in.shape),
                      .rate = Percent::share});
  }
};

}  // namespace thorax
