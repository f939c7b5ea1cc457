// SPDX-License-Identifier: MIT
//
// diagnosis: every compile-time message about a graph, nowhere else. A fault is found as a value first; then
// exactly one of these templates is instantiated, so one mistake gives one error. docs/reference/diagnosis.md
// shows the cure for each.

#pragma once

#include <thorax/graph/append.hpp>  // append
#include <thorax/graph/chain.hpp>   // chain, fault
#include <thorax/graph/named.hpp>   // named
#include <thorax/graph/repeat.hpp>  // repeat
#include <thorax/graph/yields.hpp>  // yields

#include <tuple>        // tuple_element_t

namespace thorax::diagnosis {

template<class Layer, class In, int At, extents Arriving>
struct layer_refuses_what_arrives {
  static_assert(Layer::accepts(Arriving), "thorax: a layer cannot take the tensor that arrives at it");
};

template<class Yields, class In, int At, extents Promised, extents Arriving>
struct yields_is_not_what_arrives {
  static_assert(Promised == Arriving,
                "thorax: yields<channels, height, width> is not what the layers above it produce");
};

template<class Append, class In, int At, extents Arriving, extents Body>
struct body_changes_height_or_width {
  static_assert(Append::keeps_height_and_width(Arriving),
                "thorax: append needs a body that keeps height and width");
};

template<class Layer, class In, int At>
struct parameter_is_out_of_range {
  static_assert(Layer::in_range, "thorax: a parameter of this layer is out of range");
};

template<class Part, class Network>
struct part_is_not_in_network {
  static_assert(sizeof(Part) == 0, "thorax: this part is not in that network");
};

// Descends from a part that does not fit to the layer that is at fault: once a named part, never once a layer.
template<class Layer, class In, int At, extents Arriving>
struct explain : layer_refuses_what_arrives<Layer, In, At, Arriving> {};

template<is_out_of_range Layer, class In, int At, extents Arriving>
struct explain<Layer, In, At, Arriving> : parameter_is_out_of_range<Layer, In, At> {};

template<int C, int H, int W, class In, int At, extents Arriving>
struct explain<yields<C, H, W>, In, At, Arriving>
  : yields_is_not_what_arrives<yields<C, H, W>, In, At, extents{C, H, W}, Arriving> {};

template<fixed_string Name, class Layer, class In, int At, extents Arriving>
struct explain<named<Name, Layer>, In, At, Arriving> : explain<Layer, In, At, Arriving> {};

template<class Part>
concept is_chain = requires { typename Part::layers; };
template<class Part>
concept is_append = requires { typename Part::body; };
template<class Part>
concept is_repeat = requires { typename Part::repeated; };

template<is_chain Part, class In, int At, extents Arriving>
struct explain<Part, In, At, Arriving>
  : explain<std::tuple_element_t<Part::first_fault(Arriving).position, typename Part::layers>, Part,
            Part::first_fault(Arriving).position, Part::first_fault(Arriving).arriving> {};

template<is_repeat Part, class In, int At, extents Arriving>
  requires(!is_out_of_range<Part>)
struct explain<Part, In, At, Arriving>
  : explain<typename Part::repeated, Part, Part::first_fault(Arriving).position,
            Part::first_fault(Arriving).arriving> {};

template<is_append Part, class In, int At, extents Arriving>
struct explain<Part, In, At, Arriving> : explain<typename Part::body, Part, 0, Arriving> {};

template<is_append Part, class In, int At, extents Arriving>
  requires(Part::body::accepts(Arriving))
struct explain<Part, In, At, Arriving>
  : body_changes_height_or_width<Part, In, At, Arriving, Part::body::output(Arriving)> {};

/// Empty when the network fits; otherwise it holds the one failing assertion.
template<bool Fits, class Network, extents Input>
struct verdict {};

template<class Network, extents Input>
struct verdict<false, Network, Input> : explain<Network, Network, 0, Input> {};

}  // namespace thorax::diagnosis
