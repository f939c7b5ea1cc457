// SPDX-License-Identifier: MIT

#include "fitted_weights.hpp"

#include <thorax/base/error.hpp>                // error
#include <thorax/model/initial_weights.hpp>     // fill_initial
#include <thorax/model/json_writer.hpp>         // shown
#include <thorax/model/network_weights.hpp>     // detail::shape_of
#include <thorax/plan/names.hpp>                // name_of, extents_text

#include <algorithm>  // copy, max
#include <array>
#include <cstddef>  // size_t
#include <iterator>  // back_inserter
#include <map>
#include <set>
#include <string_view>
#include <utility>  // move

namespace thorax::tools {

namespace {

bool is_feature(std::string_view name) { return name.starts_with("features."); }

/// Buffers that a library keeps beside the weights and that are none.
bool is_beside(std::string_view name) { return name == "op_threshs"; }

/// returns:  the published network with as many dense layers a block as the source has, as a hint
std::string looks_like(const weight_source& source)
{
  std::array<int, 5> layers{};
  for (const named_weights& each : source.tensors) {
    int block = 0;
    int layer = 0;
    if (std::sscanf(each.target.c_str(), "features.denseblock%1d.denselayer%4d.", &block, &layer) == 2 && block < 5)
      layers[static_cast<std::size_t>(block)] = std::max(layers[static_cast<std::size_t>(block)], layer);
  }
  const std::map<std::array<int, 5>, const char*> known{{{0, 6, 12, 24, 16}, "densenet121"},
                                                        {{0, 6, 12, 32, 32}, "densenet169"},
                                                        {{0, 6, 12, 48, 32}, "densenet201 or chest_network"},
                                                        {{0, 6, 12, 36, 24}, "densenet161, which is not offered"},
                                                        {{0, 6, 12, 64, 48}, "densenet264"},
                                                        {{0, 3, 6, 12, 8}, "small_densenet"}};
  const auto place = known.find(layers);
  return place == known.end() ? "is it for another network?" : std::string{"it looks like "} + place->second;
}

[[noreturn]] void refuse(const weight_source& source, const std::string& what)
{
  throw error{error_code::does_not_fit, source.name + ": " + what + "; " + looks_like(source)};
}

std::string shape_of(const named_weights& tensor) { return shape_text(tensor.shape); }

/// Every feature of the source belongs to the network; what belongs to another head is listed.
void sort_out_strangers(const weight_source& source, const std::set<std::string>& known, fitted_weights& made)
{
  std::set<std::string_view> seen;
  for (const named_weights& each : source.tensors) {
    if (!seen.insert(each.target).second) refuse(source, "tensor " + shown(each.target) + " stands there twice");
    if (known.contains(each.target)) continue;
    const bool is_of_a_head = each.target.starts_with("classifier");
    if (is_feature(each.target) || !(is_of_a_head || is_beside(each.target)))
      refuse(source, "tensor " + shown(each.source) + " has no place in the network");
    made.not_used.push_back(each.source);
  }
}

/// returns:  "" if all tensors of the head are there with their extents, else what is not
std::string misfit_of_head(const weight_source& source, const plan_view& plan)
{
  for (const parameter& wanted : plan.parameters) {
    const std::string name = name_of(plan, wanted);
    if (is_feature(name)) continue;
    const named_weights* const found = source.find(name);
    if (found == nullptr) return "its head has no " + shown(name);
    if (found->shape != detail::shape_of(wanted))
      return "its " + shown(found->source) + " has " + shape_of(*found) + " numbers, expected " + extents_text(wanted);
  }
  return "";
}

const named_weights& feature_for(const weight_source& source, const plan_view& plan, const parameter& wanted)
{
  const std::string name = name_of(plan, wanted);
  const named_weights* const found = source.find(name);
  if (found == nullptr) refuse(source, "expected a tensor " + shown(name) + ", found none");
  if (found->shape != detail::shape_of(wanted))
    refuse(source, "tensor " + shown(found->source) + ": expected " + extents_text(wanted) + ", found " + shape_of(*found));
  return *found;
}

}  // namespace

fitted_weights fit_weights(const weight_source& source, const blueprint& network, std::uint64_t seed)
{
  const plan_view plan = view_of(network.written);
  fitted_weights made;
  made.numbers.resize(plan.parameter_floats);
  fill_initial(plan, seed, made.numbers);
  std::set<std::string> known;
  for (const parameter& wanted : plan.parameters) known.insert(name_of(plan, wanted));
  sort_out_strangers(source, known, made);
  made.fresh_head = misfit_of_head(source, plan);
  for (const parameter& wanted : plan.parameters) {
    fitted_tensor fitted{nullptr, name_of(plan, wanted), extents_text(wanted)};
    if (is_feature(fitted.target)) fitted.source = &feature_for(source, plan, wanted);
    else if (made.fresh_head.empty()) fitted.source = source.find(fitted.target);
    else if (const named_weights* const left = source.find(fitted.target); left != nullptr)
      made.not_used.push_back(left->source);
    if (fitted.source != nullptr)
      std::copy(fitted.source->numbers.begin(), fitted.source->numbers.end(),
                made.numbers.begin() + static_cast<std::ptrdiff_t>(wanted.offset));
    made.tensors.push_back(std::move(fitted));
  }
  return made;
}

void take_head_of(weight_source other, weight_source& source)
{
  std::vector<named_weights> tensors;
  for (named_weights& each : source.tensors)
    if (is_feature(each.target)) tensors.push_back(std::move(each));
  const std::size_t features = tensors.size();
  for (named_weights& each : other.tensors)
    if (each.target.starts_with("classifier")) tensors.push_back(std::move(each));
  if (tensors.size() == features)
    throw error{error_code::does_not_fit, other.name + ": expected a head to take, found only features; leave --head out"};
  source.tensors = std::move(tensors);
  source.other_epsilons = std::move(other.other_epsilons);
}

}  // namespace thorax::tools
