// SPDX-License-Identifier: MIT
//
// keras_config: what the model configuration in a Keras file says about the numbers that it computes with. Names are the
// user's and say nothing: the backbone reaches from the first convolution to the ReLU behind the last concatenation.

#pragma once

#include <thorax/image/preprocessing.hpp>  // preprocessing

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

struct keras_config {
  double backbone_epsilon{};                           ///< of all its batch norms
  int height{};                                        ///< of a film, 0 if the model takes any
  int width{};
  std::vector<double> head_epsilons;                   ///< of the batch norms behind it
  std::vector<std::string> head;                       ///< its steps: pool, norm, dense, relu, softmax; others by their class
  std::optional<thorax::preprocessing> preprocessing;  ///< of a Rescaling layer in front of the backbone
  std::string front_layer;                             ///< the class of a layer there that is none, or ""
};

/// Reads the JSON text of `model_config` or `config.json`; `name` begins every sentence.
///
/// returns:  nothing if the model has no convolution with a concatenation behind it: weights of a head only
/// throws:   error{format_refused} if it is no JSON; error{does_not_fit} for a model that computes with what this library
///           has not: norms of several epsilons, no ReLU behind the last norm (keras-applications before August 2018)
std::optional<keras_config> read_keras_config(std::string_view json, const std::string& name);

}  // namespace thorax::tools
