// SPDX-License-Identifier: MIT
//
// A layer that says what it makes but not by which op: it can be checked, not run.
//
// expect: thorax: this layer has no lower\(draft&, slice\)

#include <thorax/plan/lower.hpp>

struct identity {
  static constexpr bool accepts(thorax::extents) { return true; }
  static constexpr thorax::extents output(thorax::extents in) { return in; }
};

struct net : thorax::network<thorax::input<3, 32, 32>, identity> {};

const thorax::draft plan = thorax::lowered<net>();
