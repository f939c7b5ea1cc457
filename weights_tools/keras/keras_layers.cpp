// SPDX-License-Identifier: MIT

#include "keras/keras_layers.hpp"

#include "keras/keras_names.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <algorithm>  // find, stable_sort
#include <cstddef>    // size_t
#include <optional>
#include <utility>  // move

namespace thorax::tools {

namespace {

using texts = std::vector<std::string>;

/// returns:  the strings of an attribute, also of one that h5py cut into name0, name1, … because of its length
texts strings_of(const hdf5_object& object, const std::string& name)
{
  const auto whole = object.texts.find(name);
  if (whole != object.texts.end()) return whole->second;
  texts all;
  for (std::size_t i = 0;; ++i) {
    const auto part = object.texts.find(name + std::to_string(i));
    if (part == object.texts.end()) return all;
    all.insert(all.end(), part->second.begin(), part->second.end());
  }
}

bool is_by_layer(const hdf5_object& root) { return root.texts.contains("layer_names") || root.texts.contains("layer_names0"); }

std::optional<keras_kind> kind_of(const keras_layer& layer)
{
  if (layer.datasets.contains("gamma") || layer.datasets.contains("moving_mean")) return keras_kind::batch_norm;
  const auto kernel = layer.datasets.find("kernel");
  if (kernel == layer.datasets.end()) return std::nullopt;
  if (kernel->second->shape.size() == 4) return keras_kind::convolution;
  return kernel->second->shape.size() == 2 ? std::optional{keras_kind::dense} : std::nullopt;
}

const texts& roles_of(keras_kind kind)
{
  static const texts kernel_and_bias{"kernel", "bias"};
  static const texts of_norm{"gamma", "beta", "moving_mean", "moving_variance"};
  return kind == keras_kind::batch_norm ? of_norm : kernel_and_bias;
}

bool has_only_known_roles(const keras_layer& layer, keras_kind kind)
{
  const texts& known = roles_of(kind);
  for (const auto& [role, numbers] : layer.datasets)
    if (std::find(known.begin(), known.end(), role) == known.end()) return false;
  return true;
}

[[noreturn]] void refuse_layer(const std::string& file, const std::string& layer)
{
  throw error{error_code::does_not_fit, file + ": layer " + shown(layer) +
                                          ": expected the weights of a convolution, a batch norm or a dense layer, "
                                          "found others; the network has no place for them"};
}

/// Files by layer: the attribute layer_names lists the layers, each layer's weight_names its weights. A model inside
/// the model is one layer; the words before the last of its weights' names tell its layers apart.
class by_layer {
public:
  by_layer(const hdf5_file& file, const hdf5_object& root) : file_{file}, root_{root}
  {
    for (const std::string& layer : strings_of(root, "layer_names")) take(layer);
    for (keras_layer& each : layers_) {
      const std::optional<keras_kind> kind = kind_of(each);
      if (!kind || !has_only_known_roles(each, *kind)) refuse_layer(file.name(), each.name);
      each.kind = *kind;
    }
  }

  [[nodiscard]] std::vector<keras_layer> layers() && { return std::move(layers_); }

private:
  void take(const std::string& layer)
  {
    const std::string group = (root_.path.empty() ? "" : root_.path + "/") + layer;
    const hdf5_object* const listed = file_.find(group);
    if (listed == nullptr)
      throw error{error_code::format_refused, file_.name() + ": layer_names lists " + shown(layer) +
                                                ", expected a group of that name, found none; is the file whole?"};
    for (const std::string& weight : strings_of(*listed, "weight_names")) {
      const hdf5_object* const found = file_.find(group + "/" + weight);
      if (found == nullptr || found->is_group)
        throw error{error_code::format_refused, file_.name() + ": layer " + shown(layer) + " lists " + shown(weight) +
                                                  ", expected a dataset of that name, found none; is the file whole?"};
      put(layer, weight, *found);
    }
  }

  void put(const std::string& layer, std::string_view weight, const hdf5_object& dataset)
  {
    const std::size_t slash = weight.rfind('/');
    const std::string owner{slash == std::string_view::npos ? std::string_view{layer} : weight.substr(0, slash)};
    const std::string_view last = slash == std::string_view::npos ? weight : weight.substr(slash + 1);
    const std::string role{last.substr(0, last.find(':'))};
    if (role == "seed_generator_state") return;
    const std::string key = layer + "\n" + owner;
    auto [place, is_new] = places_.try_emplace(key, layers_.size());
    if (is_new) layers_.push_back({{}, owner, {}});
    if (!layers_[place->second].datasets.emplace(role, &dataset).second) refuse_layer(file_.name(), owner);
  }

  const hdf5_file& file_;
  const hdf5_object& root_;
  std::vector<keras_layer> layers_;
  std::map<std::string, std::size_t> places_;
};

struct numbered_layer {
  std::string container;  ///< the model that it belongs to
  std::size_t number{};   ///< among the layers of its class
  keras_layer layer;
};

constexpr std::string_view convolution_class = "conv2d";
constexpr std::string_view norm_class = "batch_normalization";
constexpr std::string_view dense_class = "dense";

std::optional<keras_kind> kind_of_class(std::string_view name)
{
  if (name == convolution_class) return keras_kind::convolution;
  if (name == norm_class) return keras_kind::batch_norm;
  return name == dense_class ? std::optional{keras_kind::dense} : std::nullopt;
}

/// Reads `…/conv2d_17/vars`: class conv2d, number 17 (none is 0). The variables are numbered too.
std::optional<numbered_layer> numbered_layer_at(const hdf5_file& file, const hdf5_object& vars)
{
  const std::string path = vars.path.substr(0, vars.path.size() - std::string_view{"/vars"}.size());
  const std::size_t slash = path.rfind('/');
  const std::string word = slash == std::string::npos ? path : path.substr(slash + 1);
  const auto [name, number] = split_number(word);
  const std::optional<keras_kind> kind = kind_of_class(name);
  if (!kind) return std::nullopt;
  numbered_layer found{slash == std::string::npos ? "" : path.substr(0, slash), number, {*kind, word, {}}};
  const texts called = strings_of(vars, "name");
  if (called.size() == 1) found.layer.name = called.front();
  const texts& roles = roles_of(*kind);
  for (std::size_t i = 0; i < roles.size(); ++i)
    if (const hdf5_object* const numbers = file.find(vars.path + "/" + std::to_string(i)); numbers != nullptr)
      found.layer.datasets.emplace(roles[i], numbers);
  if (file.find(vars.path + "/" + std::to_string(roles.size())) != nullptr) refuse_layer(file.name(), path);
  return found;
}

/// returns:  whether a group of variables is no layer's: of an optimizer, a random layer, a metric
bool is_state(std::string_view path)
{
  const std::string_view owner = path.substr(0, path.size() - std::string_view{"/vars"}.size());
  const std::string_view word = owner.substr(owner.rfind('/') + 1);
  return path.starts_with("optimizer/") || word.starts_with("seed_generator") || path.find("layers/") == std::string_view::npos;
}

/// Files by class: every layer's variables stand in a group `vars` below the layer's class and number.
keras_layers by_class(const hdf5_file& file)
{
  keras_layers all;
  std::vector<numbered_layer> found;
  std::map<std::string, std::size_t> convolutions;
  for (const hdf5_object& each : file.objects()) {
    const bool has_variables = each.is_group && each.path.ends_with("/vars") && file.find(each.path + "/0") != nullptr;
    if (!has_variables) continue;
    if (is_state(each.path)) {
      all.left_aside.push_back(each.path);
      continue;
    }
    std::optional<numbered_layer> layer = numbered_layer_at(file, each);
    if (!layer) refuse_layer(file.name(), each.path);
    convolutions[layer->container] += layer->layer.kind == keras_kind::convolution ? 1U : 0U;
    found.push_back(std::move(*layer));
  }
  std::stable_sort(found.begin(), found.end(), [&](const numbered_layer& a, const numbered_layer& b) {
    const std::size_t of_a = convolutions.at(a.container);
    const std::size_t of_b = convolutions.at(b.container);
    if (of_a != of_b) return of_a > of_b;  // the backbone first
    return a.container != b.container ? a.container < b.container : a.number < b.number;
  });
  all.head_is_scattered = convolutions.size() > 2;
  for (numbered_layer& each : found) all.layers.push_back(std::move(each.layer));
  return all;
}

}  // namespace

keras_layers keras_layers_of(const hdf5_file& file)
{
  for (const char* const path : {"", "model_weights"}) {
    const hdf5_object* const root = file.find(path);
    if (root != nullptr && is_by_layer(*root)) return {by_layer{file, *root}.layers(), {}, false};
  }
  keras_layers layers = by_class(file);
  if (layers.layers.empty())
    throw error{error_code::does_not_fit, file.name() + ": expected weights as Keras writes them (layer_names, or "
                                                        "layers with vars), found none; is it a file of Keras?"};
  return layers;
}

}  // namespace thorax::tools
