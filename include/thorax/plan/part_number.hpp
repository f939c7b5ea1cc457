// SPDX-License-Identifier: MIT
//
// part_number: a part that is named by its type, found in a network by the compiler.

#pragma once

#include <thorax/graph/diagnosis.hpp>  // part_is_not_in_network
#include <thorax/plan/lower.hpp>       // count_layer, is_unnamed, is_named

#include <tuple>
#include <type_traits>  // is_same_v

namespace thorax {

namespace detail {

template<class Part, class Layer>
consteval int parts_before();

template<class Part, class Layers>
struct search_each;
template<class Part, class... Layers>
struct search_each<Part, std::tuple<Layers...>> {
  static consteval int run()
  {
    int passed = 0;
    int found = none;
    const auto look = [&]<class Layer>() {
      const int inside = parts_before<Part, Layer>();
      if (inside != none) found = passed + inside;
      else passed += static_cast<int>(count_layer<Layer>().parts);
      return inside == none;
    };
    static_cast<void>((look.template operator()<Layers>() && ...));
    return found;
  }
};

template<class Part, class Layer>
consteval int parts_inside()
{
  if constexpr (diagnosis::is_append<Layer>) return parts_before<Part, typename Layer::body>();
  else if constexpr (diagnosis::is_repeat<Layer>) return parts_before<Part, typename Layer::repeated>();
  else if constexpr (diagnosis::is_chain<Layer>) return search_each<Part, typename Layer::layers>::run();
  else return none;
}

/// A layer that goes by a given name opens one part, as if it had no name of its own.
template<class Part, class Bearer>
consteval int parts_before_in_bearer()
{
  if (std::is_same_v<Part, Bearer>) return 0;
  const int inside = parts_inside<Part, Bearer>();
  return inside == none ? none : 1 + inside;
}

/// returns:  how many parts lowering opens inside Layer before it opens Part, or none if it never does
template<class Part, class Layer>
consteval int parts_before()
{
  if constexpr (is_unnamed<Layer>) return parts_inside<Part, Layer>();
  else if constexpr (std::is_same_v<Part, Layer>) return 0;
  else if constexpr (is_named<Layer>) return parts_before_in_bearer<Part, typename Layer::bearer>();
  else {
    const int inside = parts_inside<Part, Layer>();
    return inside == none ? none : 1 + inside;
  }
}

}  // namespace detail

/// returns:  the number of the first part of that type in a lowered network; none if there is none
template<class Network, class Part>
inline constexpr int number_of_part_or_none = detail::search_each<Part, typename Network::layers>::run();

/// The same, and one diagnosis for a part that is not there. Not consteval, because clang would add an error of
/// its own to the diagnosis.
template<class Network, class Part>
constexpr int part_number()
{
  constexpr int number = number_of_part_or_none<Network, Part>;
  if constexpr (number == none) static_cast<void>(diagnosis::part_is_not_in_network<Part, Network>{});
  return number;
}

}  // namespace thorax
