// SPDX-License-Identifier: MIT
//
// A layer that makes more operations than it says.
//
// expect: thorax: a layer makes more than one operation with a norm and four parameters; say how many, as

#include <thorax/layers/linear.hpp>
#include <thorax/plan/plan.hpp>

struct three_products {
  static constexpr bool accepts(thorax::extents in) { return in.pixels() == 1; }
  static constexpr thorax::extents output(thorax::extents in) { return in; }
  static constexpr thorax::slice lower(thorax::draft& plan, thorax::slice in)
  {
    using product = thorax::linear<8>;
    return product::lower(plan, product::lower(plan, product::lower(plan, in)));
  }
};

struct net : thorax::network<thorax::input<8, 1, 1>, three_products> {};

const std::size_t bytes = thorax::arena_bytes<net>;
