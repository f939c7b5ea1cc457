// SPDX-License-Identifier: MIT
//
// names: the path of a part and the name of a parameter, as torchvision and timm write them.

#pragma once

#include <thorax/plan/plan.hpp>  // plan_view, part, parameter

#include <cstddef>  // size_t
#include <string>
#include <string_view>

namespace thorax {

/// returns:  the words from the root to the part: features.denseblock1.denselayer3.norm2
inline std::string path_of(const plan_view& plan, int part_number)
{
  std::string path;
  for (int i = part_number; i != none; i = plan.parts[static_cast<std::size_t>(i)].parent) {
    const part& step = plan.parts[static_cast<std::size_t>(i)];
    std::string word{step.word};
    if (step.number != none) word += std::to_string(step.number);
    path = path.empty() ? word : word + "." + path;
  }
  return path;
}

/// returns:  the last word of a parameter's name
constexpr std::string_view suffix_of(parameter_kind kind)
{
  switch (kind) {
    case parameter_kind::weight:
    case parameter_kind::norm_weight: return "weight";
    case parameter_kind::bias:
    case parameter_kind::norm_bias: return "bias";
    case parameter_kind::running_mean: return "running_mean";
    case parameter_kind::running_variance: return "running_var";
  }
  return "";
}

/// returns:  the parameter's name in a weights file
inline std::string name_of(const plan_view& plan, const parameter& wanted)
{
  return path_of(plan, wanted.part) + "." + std::string{suffix_of(wanted.kind)};
}

/// returns:  the number of the part with that path, or none
inline int find_part(const plan_view& plan, std::string_view path)
{
  for (std::size_t i = 0; i < plan.parts.size(); ++i)
    if (path_of(plan, static_cast<int>(i)) == path) return static_cast<int>(i);
  return none;
}

/// returns:  the number of the parameter with that name, or none
inline int find_parameter(const plan_view& plan, std::string_view name)
{
  for (std::size_t i = 0; i < plan.parameters.size(); ++i)
    if (name_of(plan, plan.parameters[i]) == name) return static_cast<int>(i);
  return none;
}

/// returns:  that parameter's extents as text, such as 128x64x1x1
inline std::string extents_text(const parameter& wanted)
{
  std::string text;
  for (int i = 0; i < wanted.rank; ++i) text += (i > 0 ? "x" : "") + std::to_string(wanted.shape[i]);
  return text;
}

}  // namespace thorax
