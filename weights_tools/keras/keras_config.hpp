// SPDX-License-Identifier: MIT
//
// keras_config: what the model configuration in a Keras file says about the numbers that it computes with.

#pragma once

#include <thorax/image/preprocessing.hpp>  // preprocessing

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

struct keras_config {
  std::optional<double> backbone_epsilon;                  ///< of the batch norms with names of Keras' DenseNet
  std::vector<double> other_epsilons;                      ///< of all other batch norms
  std::optional<thorax::preprocessing> preprocessing;      ///< of a Rescaling layer in the model
};

/// Reads the JSON text of `model_config` or `config.json`; `name` begins every sentence.
///
/// throws:  error{format_refused} if it is no JSON; error{does_not_fit} for a model that computes with something this
///          library has not: a Normalization layer, norms of several epsilons, or no ReLU behind the last norm
keras_config read_keras_config(std::string_view json, const std::string& name);

}  // namespace thorax::tools
