// SPDX-License-Identifier: MIT

#include "keras/keras_config.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // json_of, shown

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>    // isfinite
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <set>
#include <span>

namespace thorax::tools {

namespace {

using nlohmann::json;

struct layer {
  std::string kind;
  const json* config;
};

/// returns:  the layers of a model's configuration, a list or the member `layers` of an object; nullptr for a plain layer
const json* layers_of(const json& config)
{
  if (config.is_array()) return &config;
  if (!config.is_object()) return nullptr;
  const auto found = config.find("layers");
  return found != config.end() && found->is_array() ? &*found : nullptr;
}

/// returns:  all layers in the model's order, those of a model inside the model in its place
std::vector<layer> flattened(const json& model)
{
  std::vector<layer> found;
  std::vector<const json*> left{&model};  // a file decides how deep it is, so there is no recursion
  while (!left.empty()) {
    const json& here = *left.back();
    left.pop_back();
    const bool is_layer = here.is_object() && here.contains("class_name") && here["class_name"].is_string() &&
                          here.contains("config");
    if (!is_layer) continue;
    if (const json* const inside = layers_of(here["config"]); inside != nullptr)
      for (auto child = inside->rbegin(); child != inside->rend(); ++child) left.push_back(&*child);
    else found.push_back({here["class_name"].get<std::string>(), &here["config"]});
  }
  return found;
}

/// returns:  a setting that is a text, or "" if it is none
std::string text_in(const json& config, const char* key)
{
  const auto found = config.is_object() ? config.find(key) : config.end();
  return found != config.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_zero_or_none(const json& config, const char* key)
{
  const auto found = config.find(key);
  return found == config.end() || found->is_null() || (found->is_number() && found->get<double>() == 0);
}

/// returns:  the name of a layer's activation function, "linear" if it has none, "another function" if it is no name
std::string activation_of(const layer& of)
{
  const auto found = of.config->find("activation");
  if (found == of.config->end() || found->is_null()) return "linear";
  return found->is_string() ? found->get<std::string>() : "another function";
}

bool is_relu(const layer& of)
{
  if (of.kind == "Activation") return activation_of(of) == "relu";
  return of.kind == "ReLU" && of.config->is_object() && is_zero_or_none(*of.config, "max_value") &&
         is_zero_or_none(*of.config, "negative_slope") && is_zero_or_none(*of.config, "threshold");
}

/// Layers that change nothing when a model predicts.
bool is_idle(const std::string& kind)
{
  static const std::set<std::string_view> idle{"InputLayer", "Dropout", "SpatialDropout2D", "AlphaDropout",
                                               "GaussianDropout", "GaussianNoise", "ActivityRegularization"};
  return idle.contains(kind) || kind.starts_with("Random");
}

/// returns:  three numbers of a setting that is one number or one a channel
std::optional<std::array<double, 3>> three_of(const json& config, const char* key)
{
  const auto found = config.find(key);
  if (found == config.end()) return std::nullopt;
  if (found->is_number()) return std::array{found->get<double>(), found->get<double>(), found->get<double>()};
  if (!found->is_array() || found->size() != 3) return std::nullopt;
  std::array<double, 3> numbers{};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!(*found)[i].is_number()) return std::nullopt;
    numbers[i] = (*found)[i].get<double>();
  }
  return numbers;
}

/// A Rescaling layer computes sample · scale + offset; here it is (sample / 255 - mean) / deviation.
thorax::preprocessing rule_of(const json& config, const std::string& name)
{
  const auto scale = three_of(config, "scale");
  const auto offset = three_of(config, "offset");
  thorax::preprocessing rule = keras_preprocessing;
  for (std::size_t c = 0; c < 3; ++c) {
    if (!scale || !offset || !std::isfinite((*offset)[c]) || !((*scale)[c] > 1e-9) || !((*scale)[c] < 1e9))
      throw error{error_code::does_not_fit, name + ": its Rescaling layer: expected a scale above 0 and an offset, one "
                                                   "number or three, found others; take the layer out of the model"};
    rule.deviation[c] = static_cast<float>(1 / (255 * (*scale)[c]));
    rule.mean[c] = static_cast<float>((0 - (*offset)[c]) / (255 * (*scale)[c]));
  }
  return rule;
}

/// Films are prepared outside of the network here; of layers that do it inside only one Rescaling is understood.
void read_front(std::span<const layer> front, const std::string& name, keras_config& read)
{
  for (const layer& each : front) {
    if (is_idle(each.kind) || each.kind == "ZeroPadding2D") continue;
    if (each.kind == "Rescaling" && !read.preprocessing) read.preprocessing = rule_of(*each.config, name);
    else if (read.front_layer.empty()) read.front_layer = each.kind;
  }
}

/// returns:  an extent of the first layer's input, [batch, height, width, channels]; 0 if it is open
int extent_of(std::span<const layer> layers, std::size_t place)
{
  constexpr int most = 65536;
  for (const layer& each : layers)
    for (const char* const key : {"batch_shape", "batch_input_shape"}) {
      const auto shape = each.config->is_object() ? each.config->find(key) : each.config->end();
      if (shape == each.config->end() || !shape->is_array() || shape->size() != 4) continue;
      const json& extent = (*shape)[place];
      return extent.is_number_unsigned() && extent.get<std::uint64_t>() <= most ? extent.get<int>() : 0;
    }
  return 0;
}

double epsilon_of(const layer& norm, const std::string& name)
{
  const auto found = norm.config->find("epsilon");
  if (found == norm.config->end()) return 1e-3;  // Keras' default
  if (found->is_number() && found->get<double>() > 0) return found->get<double>();
  throw error{error_code::does_not_fit, name + ": batch norm " + shown(text_in(*norm.config, "name")) +
                                          ": expected an epsilon above 0, found " + found->dump()};
}

double common_epsilon(std::span<const layer> backbone, const std::string& name)
{
  std::optional<double> common;
  for (const layer& each : backbone) {
    if (each.kind != "BatchNormalization") continue;
    const double epsilon = epsilon_of(each, name);
    if (common.value_or(epsilon) != epsilon)
      throw error{error_code::does_not_fit, name + ": batch norms of the backbone have epsilons " + json_of(*common) +
                                              " and " + json_of(epsilon) + ", expected one for all"};
    common = epsilon;
  }
  return common.value_or(0);
}

void read_head(std::span<const layer> layers, const std::string& name, keras_config& read)
{
  for (const layer& each : layers) {
    const bool is_flat = each.kind == "Flatten" && !read.head.empty();  // behind a pooling to 1x1
    if (is_idle(each.kind) || is_flat) continue;
    if (each.kind == "GlobalAveragePooling2D") read.head.emplace_back("pool");
    else if (each.kind == "BatchNormalization") {
      read.head.emplace_back("norm");
      read.head_epsilons.push_back(epsilon_of(each, name));
    }
    else if (is_relu(each)) read.head.emplace_back("relu");
    else if (each.kind == "Softmax") read.head.emplace_back("softmax");
    else if (each.kind != "Dense" && each.kind != "Activation") read.head.push_back(each.kind);
    else {
      if (each.kind == "Dense") read.head.emplace_back("dense");
      if (const std::string activation = activation_of(each); activation != "linear") read.head.push_back(activation);
    }
  }
}

}  // namespace

std::optional<keras_config> read_keras_config(std::string_view text, const std::string& name)
{
  const json model = json::parse(text, nullptr, false);
  if (model.is_discarded())
    throw error{error_code::format_refused, name + ": expected the model's configuration as JSON, found other text; is "
                                                   "the file damaged?"};
  const std::vector<layer> found = flattened(model);
  const std::span<const layer> layers{found};
  std::size_t first = 0;
  while (first < layers.size() && layers[first].kind != "Conv2D") ++first;
  std::size_t last = layers.size();
  while (last > first && layers[last - 1].kind != "Concatenate") --last;
  if (last <= first) return std::nullopt;
  if (last + 1 >= layers.size() || layers[last].kind != "BatchNormalization" || !is_relu(layers[last + 1]))
    throw error{error_code::does_not_fit, name + ": behind its last concatenation: expected a batch norm and a ReLU, as all "
                                                 "networks here have them, found others; keras-applications before "
                                                 "August 2018 had no ReLU there, and the numbers would be others"};
  keras_config read;
  read.height = extent_of(layers.first(first), 1);
  read.width = extent_of(layers.first(first), 2);
  read_front(layers.first(first), name, read);
  read.backbone_epsilon = common_epsilon(layers.subspan(first, last + 1 - first), name);
  read_head(layers.subspan(last + 2), name, read);
  return read;
}

}  // namespace thorax::tools
