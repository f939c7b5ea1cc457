// SPDX-License-Identifier: MIT

#include "torch/torch_names.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown
#include <thorax/plan/names.hpp>         // path_of

#include <array>
#include <cctype>   // isdigit
#include <cstddef>  // size_t
#include <map>
#include <utility>  // move

namespace thorax::tools {

namespace {

constexpr std::string_view stem = "features.conv0.weight";

/// returns:  where a dense layer's number ends in the key, or npos
std::size_t end_of_dense_layer(std::string_view key)
{
  constexpr std::string_view word = "denselayer";
  const std::size_t begin = key.rfind(word);
  if (begin == std::string_view::npos) return begin;
  std::size_t end = begin + word.size();
  while (end < key.size() && std::isdigit(static_cast<unsigned char>(key[end])) != 0) ++end;
  return end == begin + word.size() ? std::string_view::npos : end;
}

std::vector<std::string> prefixes_of(const std::vector<foreign_tensor>& tensors)
{
  std::vector<std::string> found;
  for (const foreign_tensor& each : tensors)
    if (each.name == stem || each.name.ends_with("." + std::string{stem}))
      found.push_back(each.name.substr(0, each.name.size() - stem.size()));
  return found;
}

std::string the_prefix(const std::vector<std::string>& found, const std::string& wanted, const std::string& name)
{
  if (found.empty())
    throw error{error_code::does_not_fit, name + ": expected a DenseNet, whose first tensor is " + shown(stem) +
                                            " behind any prefix, found none; is it another network?"};
  std::string known;
  for (const std::string& each : found) {
    if (!wanted.empty() && (each == wanted || each == wanted + ".")) return each;
    known += (known.empty() ? "" : ", ") + shown(each);
  }
  if (!wanted.empty())
    throw error{error_code::does_not_fit, name + ": no network has the prefix " + shown(wanted) + "; expected " + known};
  if (found.size() > 1)
    throw error{error_code::does_not_fit, name + ": holds " + std::to_string(found.size()) +
                                            " networks, with the prefixes " + known + "; choose one with --prefix"};
  return found.front();
}

constexpr std::string_view head = "classifier";

/// returns:  whether it is a module of a Sequential in the head's place: classifier.4
bool is_numbered(std::string_view module)
{
  if (!module.starts_with(head) || module.size() < head.size() + 2 || module[head.size()] != '.') return false;
  for (const char digit : module.substr(head.size() + 1))
    if (std::isdigit(static_cast<unsigned char>(digit)) == 0) return false;
  return true;
}

}  // namespace

std::string without_old_dots(std::string_view key)
{
  std::string name{key};
  const std::size_t end = end_of_dense_layer(key);
  if (end == std::string_view::npos || end == key.size() || key[end] != '.') return name;
  for (const std::string_view word : {".norm.", ".conv."}) {
    const bool is_old = key.substr(end).starts_with(word) && key.size() > end + word.size() &&
                        (key[end + word.size()] == '1' || key[end + word.size()] == '2');
    if (is_old) name.erase(end + word.size() - 1, 1);
  }
  return name;
}

void take_torch_tensors(std::vector<foreign_tensor> tensors, const std::string& prefix, weight_source& source)
{
  const std::string before = the_prefix(prefixes_of(tensors), prefix, source.name);
  for (foreign_tensor& each : tensors) {
    const bool is_weight = each.name.starts_with(before) && !each.name.ends_with(".num_batches_tracked");
    if (!is_weight) {
      source.left_aside.push_back(std::move(each.name));
      continue;
    }
    std::string target = without_old_dots(std::string_view{each.name}.substr(before.size()));
    if (!holds_weights(each.format) && each.numbers.empty()) source.left_aside.push_back(std::move(each.name));
    else source.tensors.push_back({std::move(target), std::move(each.name), std::move(each.shape),
                                   std::move(each.numbers), ""});
  }
}

void name_numbered_head(const plan_view& structure, weight_source& source)
{
  std::array<std::vector<std::string>, 2> wanted;  // linear layers, norms
  for (const parameter& each : structure.parameters) {
    const std::string path = path_of(structure, each.part);
    const bool is_norm = each.kind == parameter_kind::norm_weight;
    if (path.starts_with(head) && (is_norm || each.kind == parameter_kind::weight)) wanted[is_norm ? 1 : 0].push_back(path);
  }
  std::map<std::string, std::string> names;
  std::array<std::size_t, 2> next{};
  for (const named_weights& each : source.tensors) {
    const std::size_t dot = each.target.rfind('.');
    const std::string module = each.target.substr(0, dot);
    if (!is_numbered(module) || names.contains(module)) continue;
    const std::size_t kind = source.find(module + ".running_mean") != nullptr ? 1 : 0;
    const std::size_t place = next[kind]++;
    names[module] = place < wanted[kind].size() ? wanted[kind][place] : module;
  }
  for (named_weights& each : source.tensors) {
    const std::size_t dot = each.target.rfind('.');
    if (const auto found = names.find(each.target.substr(0, dot)); found != names.end())
      each.target = found->second + each.target.substr(dot);
  }
}

}  // namespace thorax::tools
