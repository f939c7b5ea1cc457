// SPDX-License-Identifier: MIT

#include "torch/torch_names.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown
#include <thorax/plan/names.hpp>         // path_of

#include <algorithm>  // any_of, find
#include <array>
#include <cctype>   // isdigit
#include <cstddef>  // size_t
#include <map>
#include <set>
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

/// returns:  what stands before the word in the keys that hold it, as a whole word, each once
std::vector<std::string> prefixes_of(const std::vector<foreign_tensor>& tensors, std::string_view word)
{
  std::vector<std::string> found;
  for (const foreign_tensor& each : tensors) {
    const std::size_t at = each.name.find(word);
    const bool is_word = at == 0 || (at != std::string::npos && each.name[at - 1] == '.');
    if (is_word && std::find(found.begin(), found.end(), each.name.substr(0, at)) == found.end())
      found.push_back(each.name.substr(0, at));
  }
  return found;
}

std::string the_prefix(const std::vector<std::string>& found, const std::optional<std::string>& wanted, const std::string& name)
{
  std::string known;
  for (const std::string& each : found) {
    if (wanted && (each == *wanted || each == *wanted + ".")) return each;
    known += (known.empty() ? "" : ", ") + shown(each);
  }
  if (wanted)
    throw error{error_code::does_not_fit, name + ": no network has the prefix " + shown(*wanted) + "; expected " + known};
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
  if (module.size() > head.size() + 1 + 6) return false;
  for (const char digit : module.substr(head.size() + 1))
    if (std::isdigit(static_cast<unsigned char>(digit)) == 0) return false;
  return true;
}

/// returns:  whether the file is a Sequential: every key begins with the number of a module
bool is_all_numbered(const std::vector<foreign_tensor>& tensors)
{
  for (const foreign_tensor& each : tensors)
    if (each.name.empty() || std::isdigit(static_cast<unsigned char>(each.name.front())) == 0) return false;
  return !tensors.empty();
}

/// returns:  whether it is a single integer: a count of steps or epochs
bool is_lonely_integer(const foreign_tensor& tensor)
{
  return !has_numbers(tensor.format) && tensor.shape.empty();
}

/// returns:  whether the key belongs to another network of the checkpoint, whose prefix is longer
bool is_behind_longer_prefix(const std::string& key, const std::string& chosen, const std::vector<std::string>& prefixes)
{
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& each) {
    return each.size() > chosen.size() && each.starts_with(chosen) && key.starts_with(each);
  });
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

void take_torch_tensors(std::vector<foreign_tensor> tensors, const std::optional<std::string>& prefix,
                        weight_source& source)
{
  std::vector<std::string> found = prefixes_of(tensors, stem);
  if (found.empty()) found = prefixes_of(tensors, "classifier.");
  const bool is_sequential = found.empty() && is_all_numbered(tensors);
  if (found.empty() && !is_sequential)
    throw error{error_code::does_not_fit, source.name + ": expected a DenseNet, with a tensor " + shown(stem) +
                                            " behind any prefix, or a head, found neither; is it another network?"};
  const std::string before = is_sequential ? "" : the_prefix(found, prefix, source.name);
  for (foreign_tensor& each : tensors) {
    const bool is_of_another = is_behind_longer_prefix(each.name, before, found);
    const bool is_counter = each.name.ends_with(".num_batches_tracked") || is_lonely_integer(each);
    if (!each.name.starts_with(before) || is_of_another || is_counter) {
      source.left_aside.push_back(std::move(each.name));
      continue;
    }
    if (!each.refusal.empty())
      throw error{error_code::does_not_fit, source.name + ": tensor " + shown(each.name) + ": " + each.refusal};
    std::string target = (is_sequential ? "classifier." : "") + without_old_dots(std::string_view{each.name}.substr(before.size()));
    source.tensors.push_back({std::move(target), std::move(each.name), std::move(each.shape), std::move(each.numbers), ""});
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
  std::map<std::size_t, std::string> modules;  // by number: 10 comes behind 9, whatever the order in the file
  std::set<std::string> norms;
  for (const named_weights& each : source.tensors) {
    const std::size_t dot = each.target.rfind('.');
    const std::string module = each.target.substr(0, dot);
    if (!is_numbered(module)) continue;
    modules.emplace(std::stoul(module.substr(head.size() + 1)), module);
    if (each.target.substr(dot) == ".running_mean") norms.insert(module);
  }
  std::map<std::string, std::string> names;
  std::array<std::size_t, 2> next{};
  for (const auto& [number, module] : modules) {
    const std::size_t kind = norms.contains(module) ? 1 : 0;
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
