// SPDX-License-Identifier: MIT
//
// random_model: a network of random_network that predicts.

#pragma once

#include "random_network.hpp"  // chest_blueprint, random_parameters

#include <thorax/backend/cpu/cpu_inference.hpp>  // cpu_inference
#include <thorax/model/model.hpp>                // any_model

#include <memory>  // make_shared

namespace benchmark {

inline thorax::any_model<thorax::cpu_inference> random_model(int size, int threads,
                                                             const thorax::cpu_options& switches = {})
{
  const auto network = chest_blueprint(size);
  return {network,
          std::make_shared<const thorax::network_weights>(network->predicting, random_parameters(network),
                                                          thorax::weights_metadata{}),
          thorax::cpu_inference{threads, switches}};
}

}  // namespace benchmark
