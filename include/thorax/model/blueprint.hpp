// SPDX-License-Identifier: MIT
//
// blueprint: a network as it is known at run time: its ops as written, from which training and explanation
// make plans of their own, and the plan that predicts.

#pragma once

#include <thorax/base/type_name.hpp>  // type_name
#include <thorax/plan/plan.hpp>       // draft, plan_view, inference_plan

#include <memory>  // shared_ptr, make_shared
#include <string>
#include <utility>  // move

namespace thorax {

struct blueprint {
  std::string name;        ///< of the architecture; stands in weights files
  draft written;           ///< before any pass
  draft own;               ///< for a size that the compiler did not plan; else empty
  plan_view predicting{};  ///< of `own`, or of the compiler's arrays
};

/// returns:  the name that weights files give the network
template<class Network>
std::string architecture_of()
{
  if constexpr (requires { Network::architecture; }) return std::string{Network::architecture};
  else return std::string{type_name<Network>()};
}

/// returns:  the network at the input it was written for, with the plan that the compiler made
template<class Network>
std::shared_ptr<const blueprint> blueprint_of()
{
  const auto made = std::make_shared<blueprint>();
  made->name = architecture_of<Network>();
  made->written = lowered<Network>();
  made->predicting = inference_plan<Network>;
  return made;
}

/// returns:  a network that is a draft only, planned now
inline std::shared_ptr<const blueprint> blueprint_of(std::string name, draft written, inference_passes wanted = {})
{
  const auto made = std::make_shared<blueprint>();
  made->name = std::move(name);
  made->written = std::move(written);
  made->own = for_inference(made->written, wanted);
  made->predicting = view_of(made->own);
  return made;
}

/// returns:  the same network for films of another size, planned now
/// throws:   error{does_not_fit}
template<class Network>
std::shared_ptr<const blueprint> blueprint_of(extents input)
{
  return blueprint_of(architecture_of<Network>(), lowered<Network>(input));
}

}  // namespace thorax
