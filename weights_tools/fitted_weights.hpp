// SPDX-License-Identifier: MIT
//
// fitted_weights: the numbers of a source laid out as a network wants them, with a fresh head where its own does not fit.

#pragma once

#include "weight_source.hpp"

#include <thorax/model/blueprint.hpp>  // blueprint

#include <cstdint>  // uint64_t
#include <string>
#include <vector>

namespace thorax::tools {

/// What became of one tensor of the network.
struct fitted_tensor {
  const named_weights* source{};  ///< null: it starts from the seed
  std::string target;
  std::string shape;  ///< as text: 64x3x7x7
};

struct fitted_weights {
  std::vector<float> numbers;            ///< all parameters of the network, in the order of its plan
  std::vector<fitted_tensor> tensors;    ///< in the same order
  std::vector<std::string> not_used;     ///< names in the source of a head that is not taken
  std::string fresh_head;                ///< "" or why the head starts from a seed: a clause
};

/// Lays weights out for a network. The features must fit as they are. A head with other tensors, extents or steps than
/// the network's starts from the seed instead, as a whole.
///
/// throws:  error{does_not_fit} naming the first tensor of the features that is missing, superfluous, of other extents or
///          without numbers, and the network that it looks like; error{number_not_finite} naming a tensor
fitted_weights fit_weights(const weight_source& source, const blueprint& network, std::uint64_t seed);

/// returns:  a network's steps behind its features: pool, norm, dense, relu, softmax, sigmoid; dropout is none
std::vector<std::string> head_steps(const blueprint& network);

/// Replaces the head of `source` by that of another file, with all that is known of it.
///
/// throws:  error{does_not_fit} if that file has none
void take_head_of(weight_source other, weight_source& source);

}  // namespace thorax::tools
