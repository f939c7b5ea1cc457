// SPDX-License-Identifier: MIT
//
// random_weights: parameters that no test can pass with by luck: every norm scales, shifts and has statistics of
// its own.

#pragma once

#include <thorax/base/random.hpp>           // random_stream
#include <thorax/model/model.hpp>           // model, network_weights, weights_metadata
#include <thorax/model/write_model.hpp>     // named_tensor
#include <thorax/plan/plan.hpp>             // plan_view

#include <cmath>    // sqrt
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <memory>   // shared_ptr
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax::tests {

/// returns:  number i of a parameter of that kind
inline double random_weight(const parameter& filled, const random_stream& stream, std::size_t i)
{
  switch (filled.kind) {
    case parameter_kind::weight: {
      const double limit = std::sqrt(6.0 / filled.fan_in());
      return stream.uniform(i, -limit, limit);
    }
    case parameter_kind::norm_weight: return stream.uniform(i, 0.5, 1.5) * (stream.bits(i) % 4 == 0 ? -1 : 1);
    case parameter_kind::running_variance: return stream.uniform(i, 0.3, 2);
    case parameter_kind::bias:
    case parameter_kind::norm_bias:
    case parameter_kind::running_mean: return stream.uniform(i, -0.5, 0.5);
  }
  return 0;
}

/// returns:  all parameters of a plan, in their order
inline std::vector<float> random_weights(const plan_view& plan, std::uint64_t seed)
{
  std::vector<float> numbers(plan.parameter_floats);
  for (std::size_t k = 0; k < plan.parameters.size(); ++k) {
    const parameter& filled = plan.parameters[k];
    const random_stream stream = random_stream{seed} / k;
    for (std::size_t i = 0; i < filled.size(); ++i)
      numbers[filled.offset + i] = static_cast<float>(random_weight(filled, stream, i));
  }
  return numbers;
}

/// returns:  numbers uniform in ±2
inline std::vector<float> random_pixels(std::size_t count, std::uint64_t seed)
{
  std::vector<float> pixels(count);
  const random_stream stream{seed};
  for (std::size_t i = 0; i < count; ++i) pixels[i] = static_cast<float>(stream.uniform(i, -2, 2));
  return pixels;
}

/// returns:  what a weights file of a network with three findings would say
inline weights_metadata metadata_of(const blueprint& network)
{
  weights_metadata metadata;
  metadata.network = network.name;
  metadata.input = network.predicting.input.shape;
  metadata.findings = {"BACTERIAL", "NORMAL", "VIRAL"};
  return metadata;
}

/// returns:  a network with random weights, in memory
template<class Network, predicting_backend Backend>
model<Network, Backend> random_model(Backend chosen, std::uint64_t seed = 1)
{
  const std::shared_ptr<const blueprint> network = blueprint_of<Network>();
  return {std::make_shared<const network_weights>(network->predicting, random_weights(network->predicting, seed),
                                                  metadata_of(*network)),
          chosen};
}

}  // namespace thorax::tests
