// SPDX-License-Identifier: MIT
//
// type_name: the name a programmer gave to a struct, as text. It becomes the weight path of a named part.

#pragma once

#include <string_view>

namespace thorax {

/// returns:  the unqualified name of Type without template arguments: `thorax::dense_block<6>` → dense_block
template<class Type>
consteval std::string_view type_name()
{
  // g++:   consteval std::string_view thorax::type_name() [with Type = thorax::dense_block<6>; …]
  // clang: std::string_view thorax::type_name() [Type = thorax::dense_block<6>]
  constexpr std::string_view signature = __PRETTY_FUNCTION__;
  constexpr std::string_view marker = "Type = ";
  std::string_view name = signature.substr(signature.find(marker) + marker.size());
  name = name.substr(0, name.find_first_of("<;]"));
  const std::size_t scope = name.rfind("::");
  return scope == std::string_view::npos ? name : name.substr(scope + 2);
}

}  // namespace thorax
