// SPDX-License-Identifier: MIT
//
// keras_layers: the layers with weights of a Keras file, whichever of its formats, in the order of the model, and
// their places in a DenseNet.

#pragma once

#include "hdf5/hdf5_file.hpp"
#include "weight_source.hpp"

#include <thorax/plan/plan.hpp>  // plan_view

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

enum class keras_kind { convolution, batch_norm, dense };

/// A layer and its datasets by role: kernel, bias, gamma, beta, moving_mean, moving_variance.
struct keras_layer {
  keras_kind kind{};
  std::string name;  ///< as the user or Keras called it; numbered by class if the file does not say
  std::map<std::string, const hdf5_object*, std::less<>> datasets;
};

struct keras_layers {
  std::vector<keras_layer> layers;      ///< in the order of the model; the backbone first if it is a model of its own
  std::vector<std::string> left_aside;  ///< states of optimizers, of random layers and of metrics
  bool head_is_scattered{};             ///< over several models inside the model, whose order the file does not say
};

/// returns:  the layers of weights by layer (`.h5`: keras-applications, whole models) or by class and number
///           (`.weights.h5`, `.keras`)
/// throws:   error{does_not_fit} for a layer with other weights than this library knows
keras_layers keras_layers_of(const hdf5_file& file);

/// Takes the weights of all layers. Layers with names of Keras' DenseNet go by their names, the others in their order
/// to the parts of `structure` that are left. Of a head, what finds no part is taken as classifier.<its name>, so that
/// nobody takes the head for whole.
///
/// throws:  error{does_not_fit} if the file has more convolutions than the network, or a batch norm on its input
void take_keras_layers(const hdf5_file& file, const plan_view& structure, weight_source& source);

}  // namespace thorax::tools
