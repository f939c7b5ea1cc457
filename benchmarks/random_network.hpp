// SPDX-License-Identifier: MIT
//
// random_network: DenseNet201 with the chest head, and films for it, all numbers from a seed. How long a convolution
// takes does not depend on its numbers.

#pragma once

#include <thorax/base/random.hpp>             // random_stream
#include <thorax/model/blueprint.hpp>         // blueprint_of
#include <thorax/model/initial_weights.hpp>   // fill_initial
#include <thorax/networks/chest_network.hpp>  // chest_network

#include <cstddef>  // size_t
#include <vector>

namespace benchmark {

inline auto chest_blueprint(int size) { return thorax::blueprint_of<thorax::chest_network>({3, size, size}); }

/// Parameters for it.
template<class Network>
std::vector<float> random_parameters(const Network& network)
{
  std::vector<float> numbers(network->written.parameter_floats);
  thorax::fill_initial(network->predicting, 1, numbers);
  return numbers;
}

/// Preprocessed films, one behind the other.
inline std::vector<float> random_films(int samples, int size)
{
  std::vector<float> films(std::size_t{3} * static_cast<std::size_t>(samples) * static_cast<std::size_t>(size) *
                           static_cast<std::size_t>(size));
  const thorax::random_stream pixels{2};
  for (std::size_t i = 0; i < films.size(); ++i) films[i] = static_cast<float>(pixels.uniform(i, -2, 2));
  return films;
}

}  // namespace benchmark
