// SPDX-License-Identifier: MIT

#include "weight_source.hpp"

#include "hdf5/hdf5_file.hpp"
#include "keras/keras_config.hpp"
#include "keras/keras_layers.hpp"
#include "torch/torch_names.hpp"

#include <thorax/model/json_writer.hpp>         // shown
#include <thorax/model/weights_file.hpp>        // weights_file
#include <thorax/networks/xrv_densenet121.hpp>  // xrv_densenet121

#include <cmath>    // isnan
#include <utility>  // move

namespace thorax::tools {

namespace {

/// returns:  the model's configuration, wherever this Keras file keeps it; "" if it has none
std::string config_of(const foreign_file& file, const hdf5_file& layers)
{
  if (!file.config().empty()) return std::string{file.config()};
  const hdf5_object* const root = layers.find("");
  if (root == nullptr) return "";
  const auto found = root->texts.find("model_config");
  return found != root->texts.end() && found->second.size() == 1 ? found->second.front() : "";
}

/// Keras' DenseNet preprocesses as PyTorch does (mode "torch"), unless the model says something itself.
void read_keras(const foreign_file& file, const plan_view& structure, weight_source& source)
{
  const hdf5_file layers{file.bytes(), source.name};
  take_keras_layers(layers, structure, source);
  source.batch_norm_epsilon = epsilon_of_keras;
  source.epsilon_from = "not said by the file, assumed as in keras.applications";
  source.preprocessing.emplace();
  source.preprocessing_from = "not said by the file, assumed as keras.applications.densenet.preprocess_input";
  const std::string config = config_of(file, layers);
  const std::optional<keras_config> said = config.empty() ? std::nullopt : read_keras_config(config, source.name);
  if (!said) return;
  source.batch_norm_epsilon = said->backbone_epsilon;
  source.epsilon_from = "the model's own";
  source.height = said->height;
  source.width = said->width;
  source.head = said->head;
  source.head_epsilons = said->head_epsilons;
  if (!said->front_layer.empty()) {
    source.preprocessing.reset();
    source.preprocessing_from = "the model changes its films with a layer " + shown(said->front_layer) +
                                " in front of its first convolution, expected nothing but one Rescaling";
    return;
  }
  if (!said->preprocessing) return;
  source.preprocessing = said->preprocessing;
  source.preprocessing_from = "the model's Rescaling layer";
}

/// torchxrayvision keeps a threshold for each finding, and none where it was not trained. They mark its weights: gray
/// films of its own scale, and a sigmoid at the end.
void read_thresholds(weight_source& source)
{
  const named_weights* const thresholds = source.find("op_threshs");
  if (thresholds == nullptr) return;
  const auto& names = xrv_densenet121::findings;
  for (std::size_t i = 0; i < thresholds->numbers.size() && thresholds->numbers.size() == names.size(); ++i)
    source.findings.push_back((std::isnan(thresholds->numbers[i]) ? "untrained " : "") + std::string{names[i]});
  source.preprocessing = xrv_preprocessing;
  source.preprocessing_from = "torchxrayvision's";
  source.head = {"pool", "dense", "sigmoid"};
  source.left_aside.push_back(thresholds->source);
  std::erase_if(source.tensors, [](const named_weights& each) { return each.target == "op_threshs"; });
}

void read_torch(const foreign_file& file, const plan_view& structure, const std::optional<std::string>& prefix,
                weight_source& source)
{
  take_torch_tensors(file.tensors(), prefix, source);
  name_numbered_head(structure, source);
  source.batch_norm_epsilon = epsilon_of_torch;
  source.epsilon_from = "not said by the file, PyTorch's usual";
  const named_weights* const stem = source.find("features.conv0.weight");
  const bool is_gray = stem != nullptr && stem->shape.size() == 4 && stem->shape[1] == 1;
  if (is_gray) source.preprocessing_from = "it is for gray films and does not say how they were prepared";
  else {
    source.preprocessing.emplace();
    source.preprocessing_from = "not said by the file, assumed ImageNet's mean and deviation";
  }
  read_thresholds(source);
}

/// A file of this library keeps all that it says about itself.
void take_metadata(const foreign_file& file, weight_source& source)
{
  const weights_file own = weights_file::from_bytes(file.bytes(), source.name);
  if (!own.has_checksum()) return;
  source.kind = "weights of thorax";
  source.metadata = own.metadata();
  source.height = own.metadata().input.height;
  source.width = own.metadata().input.width;
  source.batch_norm_epsilon = own.metadata().batch_norm_epsilon;
  source.preprocessing = own.metadata().preprocessing;
  source.epsilon_from = source.preprocessing_from = "the file's own";
  source.head_of = own.metadata().network;
  source.findings = own.metadata().findings;
}

}  // namespace

const named_weights* weight_source::find(std::string_view target) const
{
  for (const named_weights& each : tensors)
    if (each.target == target) return &each;
  return nullptr;
}

weight_source read_weight_source(const foreign_file& file, const plan_view& structure,
                                 const std::optional<std::string>& prefix)
{
  weight_source source;
  source.name = file.name();
  source.kind = name_of(file.kind());
  if (file.kind() == foreign_kind::keras_hdf5 || file.kind() == foreign_kind::keras_archive)
    read_keras(file, structure, source);
  else read_torch(file, structure, prefix, source);
  if (file.kind() == foreign_kind::safetensors) take_metadata(file, source);
  return source;
}

weight_source read_weight_source(const std::filesystem::path& path, const plan_view& structure,
                                 const std::optional<std::string>& prefix)
{
  return read_weight_source(foreign_file{path}, structure, prefix);
}

}  // namespace thorax::tools
