// SPDX-License-Identifier: MIT

#include "keras/keras_config.hpp"

#include "keras/keras_names.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // json_of

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>    // isfinite
#include <cstddef>  // size_t

namespace thorax::tools {

namespace {

using nlohmann::json;

/// Visits every layer of the model and of the models inside it. A file decides how deep it is, so there is no recursion.
template<class Visit>
void each_layer(const json& model, Visit&& visit)
{
  std::vector<const json*> left{&model};
  while (!left.empty()) {
    const json& here = *left.back();
    left.pop_back();
    const bool is_layer = here.is_object() && here.contains("class_name") && here["class_name"].is_string() &&
                          here.contains("config") && here["config"].is_object();
    if (is_layer) visit(here["class_name"].get_ref<const std::string&>(), here["config"]);
    if (here.is_structured())
      for (const json& child : here) left.push_back(&child);
  }
}

std::string name_of(const json& config)
{
  const auto found = config.find("name");
  return found != config.end() && found->is_string() ? found->get<std::string>() : "";
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
    if (!scale || !offset || !std::isfinite(1 / (*scale)[c]) || !((*scale)[c] > 0))
      throw error{error_code::does_not_fit, name + ": its Rescaling layer: expected a scale above 0 and an offset, one "
                                                   "number or three, found others; take the layer out of the model"};
    rule.deviation[c] = static_cast<float>(1 / (255 * (*scale)[c]));
    rule.mean[c] = static_cast<float>(-(*offset)[c] / (255 * (*scale)[c]));
  }
  return rule;
}

class config_reader {
public:
  explicit config_reader(const std::string& name) : name_{name} {}

  void see(const std::string& kind, const json& config)
  {
    const std::string layer = name_of(config);
    if (kind == "BatchNormalization") see_norm(layer, config);
    else if (kind == "Rescaling") read_.preprocessing = rule_of(config, name_);
    else if (kind == "Normalization")
      throw error{error_code::does_not_fit, name_ + ": holds a Normalization layer, expected preprocessing outside of "
                                                    "the model; take the layer out and say --preprocessing"};
    has_relu_ = has_relu_ || layer == "relu";
    has_last_norm_ = has_last_norm_ || layer == "bn";
  }

  keras_config ended() &&
  {
    if (has_last_norm_ && !has_relu_)
      throw error{error_code::does_not_fit, name_ + ": its last batch norm 'bn' has no ReLU 'relu' behind it, as in "
                                                    "keras-applications before August 2018; expected one, because the "
                                                    "networks here have it and would give other numbers"};
    return std::move(read_);
  }

private:
  void see_norm(const std::string& layer, const json& config)
  {
    const auto found = config.find("epsilon");
    if (found == config.end() || !found->is_number()) return;
    const auto epsilon = found->get<double>();
    if (!part_of_keras_name(layer).starts_with("features.")) {
      read_.other_epsilons.push_back(epsilon);
      return;
    }
    if (read_.backbone_epsilon.value_or(epsilon) != epsilon)
      throw error{error_code::does_not_fit, name_ + ": batch norms of the backbone have epsilons " +
                                              json_of(*read_.backbone_epsilon) + " and " + json_of(epsilon) +
                                              ", expected one for all"};
    read_.backbone_epsilon = epsilon;
  }

  const std::string& name_;
  keras_config read_;
  bool has_relu_{};
  bool has_last_norm_{};
};

}  // namespace

keras_config read_keras_config(std::string_view text, const std::string& name)
{
  const json model = json::parse(text, nullptr, false);
  if (model.is_discarded())
    throw error{error_code::format_refused, name + ": expected the model's configuration as JSON, found other text; is "
                                                   "the file damaged?"};
  config_reader reader{name};
  each_layer(model, [&](const std::string& kind, const json& config) { reader.see(kind, config); });
  return std::move(reader).ended();
}

}  // namespace thorax::tools
