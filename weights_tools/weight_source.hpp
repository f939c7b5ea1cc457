// SPDX-License-Identifier: MIT
//
// weight_source: the weights of a file of any origin, under the names and in the layout of this library.

#pragma once

#include "foreign_file.hpp"

#include <thorax/model/weights_metadata.hpp>  // weights_metadata
#include <thorax/plan/plan.hpp>               // plan_view

#include <cstddef>  // size_t
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

/// What batch norms add to a variance in keras.applications and in PyTorch, unless they are told otherwise.
inline constexpr double epsilon_of_keras = 1.001e-5;
inline constexpr double epsilon_of_torch = 1e-5;

/// One tensor: where it stood, where it belongs, and what had to be done with it.
struct named_weights {
  std::string target;              ///< name in this library: features.conv0.weight
  std::string source;              ///< name in the file: conv1_conv/kernel
  std::vector<std::size_t> shape;  ///< as this library has it: filters × channels × height × width
  std::vector<float> numbers;      ///< in that order
  std::string change;              ///< "" or what was done: "HWIO to OIHW"
};

struct weight_source {
  std::string name;  ///< begins every sentence: 'densenet201.h5'
  std::string kind;  ///< for people: "weights of Keras (HDF5)"
  std::vector<named_weights> tensors;
  std::vector<std::string> left_aside;  ///< names in the file of what is no weight of a network

  double batch_norm_epsilon{1e-5};  ///< of the backbone, as the source computes
  std::string epsilon_from;         ///< where that is known from
  std::optional<thorax::preprocessing> preprocessing;  ///< what is usual for such weights, or what the file says
  std::string preprocessing_from;                      ///< where that is known from, or why it is not: a clause

  int height{};  ///< of a film, 0 if the file does not say
  int width{};

  std::optional<std::vector<std::string>> head;  ///< its steps if they are known: pool, norm, dense, relu, softmax, …
  std::string head_of;                           ///< the network of this library that the head belongs to, or ""
  std::string head_misfit;                       ///< "" or why no network can take the head: a clause
  std::optional<std::vector<double>> head_epsilons;  ///< of its batch norms, if they are known
  std::vector<std::string> findings;                 ///< what the outputs mean, if that is known

  std::optional<weights_metadata> metadata;  ///< if it is a file of this library

  [[nodiscard]] const named_weights* find(std::string_view target) const;
};

/// Reads weights by what the file contains; its name says nothing.
///
/// accepts:  `structure`, the network whose layers a Keras file follows in order; `prefix`, which of several networks
///           in a PyTorch checkpoint is meant
/// throws:   error, one sentence that begins with the file's name
weight_source read_weight_source(const std::filesystem::path& path, const plan_view& structure,
                                 const std::optional<std::string>& prefix = std::nullopt);

/// The same for an open file.
weight_source read_weight_source(const foreign_file& file, const plan_view& structure,
                                 const std::optional<std::string>& prefix = std::nullopt);

}  // namespace thorax::tools
