// SPDX-License-Identifier: MIT
//
// chain: one layer after another. Comes after graph/layer.hpp; every named part of a network is a chain.

#pragma once

#include <thorax/graph/layer.hpp>  // layer, fault

#include <tuple>

namespace thorax {

/// Layers in the order in which a film meets them.
///
/// accepts:  what the first layer accepts, provided each next one accepts what the one before it makes
/// output:   of the last layer
template<layer... Layers>
struct chain {
  using layers = std::tuple<Layers...>;

  static constexpr fault first_fault(extents in)
  {
    fault found;
    int position = 0;
    [[maybe_unused]] const auto passes = [&]<class Layer>() {
      if (!Layer::accepts(in)) {
        found = {position, in};
        return false;
      }
      in = Layer::output(in);
      ++position;
      return true;
    };
    static_cast<void>((passes.template operator()<Layers>() && ...));
    return found;
  }

  static constexpr bool accepts(extents in) { return !first_fault(in).exists(); }

  static constexpr extents output(extents in)
  {
    ((in = Layers::output(in)), ...);
    return in;
  }
};

}  // namespace thorax
