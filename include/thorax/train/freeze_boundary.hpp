// SPDX-License-Identifier: MIT
//
// freeze_boundary: from where on a network trains, said by the name of a part or of a weight.

#pragma once

#include <thorax/base/error.hpp>   // error
#include <thorax/plan/names.hpp>   // find_part, find_parameter

#include <cstddef>  // size_t
#include <string>
#include <string_view>

namespace thorax {

/// returns:  the position of the first op that trains: of the part with that path, or of the layer with that
///           weight; 0 for "everything"
/// throws:   error{does_not_fit} if the network has neither
inline int freeze_boundary(const plan_view& written, std::string_view name)
{
  if (name == "everything") return 0;
  if (const int part = find_part(written, name); part != none)
    return written.parts[static_cast<std::size_t>(part)].first_op;
  if (const int parameter = find_parameter(written, name); parameter != none)
    return written.parameters[static_cast<std::size_t>(parameter)].position;
  std::string roots;
  for (std::size_t i = 0; i < written.parts.size(); ++i)
    if (written.parts[i].parent == none) roots += (roots.empty() ? "" : ", ") + path_of(written, static_cast<int>(i));
  throw error{error_code::does_not_fit,
              "'" + std::string{name} + "' is neither a part nor a weight of the network; expected 'everything' or a " +
                "path that begins with one of " + roots + "; `thorax summary` lists them"};
}

}  // namespace thorax
