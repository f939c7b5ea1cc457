// SPDX-License-Identifier: MIT

#include "fitted_weights.hpp"

#include <thorax/base/error.hpp>                // error
#include <thorax/model/initial_weights.hpp>     // fill_initial
#include <thorax/model/json_writer.hpp>         // shown
#include <thorax/model/network_weights.hpp>     // detail::shape_of
#include <thorax/plan/names.hpp>                // name_of, extents_text

#include <algorithm>  // copy, max
#include <array>
#include <cmath>    // isfinite
#include <cstddef>  // size_t
#include <cstdio>   // sscanf
#include <map>
#include <set>
#include <string_view>
#include <utility>  // move

namespace thorax::tools {

namespace {

bool is_feature(std::string_view name) { return name.starts_with("features."); }

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

using tensor_index = std::map<std::string_view, const named_weights*>;

tensor_index indexed(const weight_source& source)
{
  tensor_index index;
  for (const named_weights& each : source.tensors)
    if (!index.emplace(each.target, &each).second) refuse(source, "tensor " + shown(each.target) + " stands there twice");
  return index;
}

/// returns:  the name of a tensor that only another head has, or ""; what is no feature belongs to a head, whatever it
///           is called
std::string stranger_in_head(const weight_source& source, const std::set<std::string>& known)
{
  std::string stranger;
  for (const named_weights& each : source.tensors) {
    if (known.contains(each.target)) continue;
    if (is_feature(each.target)) refuse(source, "tensor " + shown(each.source) + " has no place in the network");
    if (stranger.empty()) stranger = each.source;
  }
  return stranger;
}

std::string joined(const std::vector<std::string>& steps)
{
  std::string text;
  for (const std::string& each : steps) text += (text.empty() ? "" : ", ") + each;
  return text;
}

/// returns:  "" if the head computes what the network's does, as far as the source says it; else what is different
std::string misfit_of_steps(const weight_source& source, const blueprint& network)
{
  if (!source.head_misfit.empty()) return source.head_misfit;
  if (!source.head_of.empty() && source.head_of != network.name) return "its head is that of " + source.head_of;
  if (!source.head) return "";
  std::vector<std::string> wanted = head_steps(network);
  if (*source.head == wanted) return "";
  const std::string expected = joined(wanted);
  if (wanted.back() == "softmax" || wanted.back() == "sigmoid") wanted.pop_back();  // a head that ends with the logits
  return *source.head == wanted ? "" : "its head is " + joined(*source.head) + ", expected " + expected;
}

/// returns:  "" if all tensors of the head are there with their extents and no others, else what is wrong
std::string misfit_of_head(const weight_source& source, const tensor_index& index, const blueprint& network,
                           const std::set<std::string>& known)
{
  const std::string stranger = stranger_in_head(source, known);
  const plan_view plan = view_of(network.written);
  for (const parameter& wanted : plan.parameters) {
    const std::string name = name_of(plan, wanted);
    if (is_feature(name)) continue;
    const auto found = index.find(name);
    if (found == index.end()) return "its head has no " + shown(name);
    if (found->second->shape != detail::shape_of(wanted))
      return "its " + shown(found->second->source) + " has " + shape_text(found->second->shape) + " numbers, expected " +
             extents_text(wanted);
  }
  if (!stranger.empty()) return "its head has also " + shown(stranger);
  return misfit_of_steps(source, network);
}

/// Numbers that nobody can compute with are found here, where their names are known.
void ensure_usable(const weight_source& source, const named_weights& tensor, const parameter& wanted)
{
  if (tensor.numbers.size() != wanted.size()) refuse(source, "tensor " + shown(tensor.source) + ": expected floats, found integers");
  for (const float number : tensor.numbers) {
    const bool is_usable = std::isfinite(number) && (wanted.kind != parameter_kind::running_variance || number >= 0);
    if (!is_usable)
      throw error{error_code::number_not_finite, source.name + ": tensor " + shown(tensor.source) + " holds " +
                                                   (std::isfinite(number) ? "a variance below 0" : "what is no finite number") +
                                                   "; training has failed there, take an earlier checkpoint"};
  }
}

const named_weights& feature_for(const weight_source& source, const tensor_index& index, const std::string& name,
                                 const parameter& wanted)
{
  const auto found = index.find(name);
  if (found == index.end()) refuse(source, "expected a tensor " + shown(name) + ", found none");
  const named_weights& tensor = *found->second;
  if (tensor.shape != detail::shape_of(wanted))
    refuse(source, "tensor " + shown(tensor.source) + ": expected " + extents_text(wanted) + ", found " + shape_text(tensor.shape));
  return tensor;
}

}  // namespace

std::vector<std::string> head_steps(const blueprint& network)
{
  const plan_view plan = view_of(network.written);
  std::vector<std::string> steps;
  for (const op& each : plan.ops) {
    if (path_of(plan, each.part).starts_with("features")) continue;
    if (each.kind == op_kind::global_average_pool) steps.emplace_back("pool");
    if (each.norm_before != none) steps.emplace_back("norm");
    if (each.relu_before) steps.emplace_back("relu");
    if (each.kind == op_kind::linear) steps.emplace_back("dense");
    if (each.kind == op_kind::softmax) steps.emplace_back("softmax");
    if (each.kind == op_kind::sigmoid) steps.emplace_back("sigmoid");
  }
  return steps;
}

fitted_weights fit_weights(const weight_source& source, const blueprint& network, std::uint64_t seed)
{
  const plan_view plan = view_of(network.written);
  const tensor_index index = indexed(source);
  fitted_weights made;
  made.numbers.resize(plan.parameter_floats);
  fill_initial(plan, seed, made.numbers);
  std::set<std::string> known;
  for (const parameter& wanted : plan.parameters) known.insert(name_of(plan, wanted));
  made.fresh_head = misfit_of_head(source, index, network, known);
  for (const parameter& wanted : plan.parameters) {
    fitted_tensor fitted{nullptr, name_of(plan, wanted), extents_text(wanted)};
    if (is_feature(fitted.target)) fitted.source = &feature_for(source, index, fitted.target, wanted);
    else if (made.fresh_head.empty()) fitted.source = index.at(fitted.target);
    if (fitted.source != nullptr) {
      ensure_usable(source, *fitted.source, wanted);
      std::copy(fitted.source->numbers.begin(), fitted.source->numbers.end(),
                made.numbers.begin() + static_cast<std::ptrdiff_t>(wanted.offset));
    }
    made.tensors.push_back(std::move(fitted));
  }
  for (const named_weights& each : source.tensors)
    if (!made.fresh_head.empty() && !is_feature(each.target)) made.not_used.push_back(each.source);
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
  source.head = std::move(other.head);
  source.head_of = std::move(other.head_of);
  source.head_misfit = std::move(other.head_misfit);
  source.head_epsilons = std::move(other.head_epsilons);
  source.findings = std::move(other.findings);
}

}  // namespace thorax::tools
