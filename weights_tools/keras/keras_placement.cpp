// SPDX-License-Identifier: MIT
//
// The second half of keras_layers: every layer finds its part, and its numbers their layout.

#include "keras/keras_layers.hpp"

#include "keras/keras_names.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown
#include <thorax/plan/names.hpp>         // path_of

#include <algorithm>  // find
#include <array>
#include <cstddef>  // size_t
#include <utility>  // move

namespace thorax::tools {

namespace {

/// The paths of a network's parts with weights, by the kind of Keras layer that fills them, in the network's order.
struct wanted_parts {
  std::array<std::vector<std::string>, 3> by_kind;

  explicit wanted_parts(const plan_view& structure)
  {
    for (const parameter& each : structure.parameters) {
      const bool is_matrix = each.kind == parameter_kind::weight && each.rank == 2;
      const std::string path = path_of(structure, each.part);
      if (is_matrix) of(keras_kind::dense).push_back(path);
      else if (each.kind == parameter_kind::weight) of(keras_kind::convolution).push_back(path);
      else if (each.kind == parameter_kind::norm_weight) of(keras_kind::batch_norm).push_back(path);
    }
  }

  std::vector<std::string>& of(keras_kind kind) { return by_kind[static_cast<std::size_t>(kind)]; }

  /// returns:  whether the part was still wanted; it then is no longer
  bool take(keras_kind kind, const std::string& path)
  {
    std::vector<std::string>& parts = of(kind);
    const auto place = std::find(parts.begin(), parts.end(), path);
    if (place == parts.end()) return false;
    parts.erase(place);
    return true;
  }

  void leave_only_the_head()
  {
    for (std::vector<std::string>& parts : by_kind)
      std::erase_if(parts, [](const std::string& path) { return path.starts_with("features."); });
  }
};

/// HWIO → OIHW: Keras stores height × width × inputs × outputs. A matrix is a kernel of one pixel.
std::vector<float> moved_kernel(const foreign_tensor& kernel)
{
  const std::size_t outputs = kernel.shape[kernel.shape.size() - 1];
  const std::size_t inputs = kernel.shape[kernel.shape.size() - 2];
  const std::size_t pixels = kernel.shape.size() == 4 ? kernel.shape[0] * kernel.shape[1] : 1;
  std::vector<float> numbers(kernel.numbers.size());
  const float* from = kernel.numbers.data();
  for (std::size_t p = 0; p < pixels; ++p)
    for (std::size_t i = 0; i < inputs; ++i)
      for (std::size_t o = 0; o < outputs; ++o) numbers[(o * inputs + i) * pixels + p] = *from++;
  return numbers;
}

struct role_name {
  std::string_view keras;
  std::string_view ours;
};

constexpr std::array<role_name, 4> norm_roles{
  {{"gamma", "weight"}, {"beta", "bias"}, {"moving_mean", "running_mean"}, {"moving_variance", "running_var"}}};

named_weights placed(foreign_tensor tensor, keras_kind kind, const std::string& part, std::string_view role)
{
  named_weights made{part + "." + std::string{role}, std::move(tensor.name), tensor.shape, {}, ""};
  const bool is_kernel = role == "weight" && kind != keras_kind::batch_norm;
  if (!is_kernel) {
    made.numbers = std::move(tensor.numbers);
    return made;
  }
  const std::vector<std::size_t>& was = tensor.shape;
  const bool is_convolution = kind == keras_kind::convolution;
  made.shape = is_convolution ? std::vector{was[3], was[2], was[0], was[1]} : std::vector{was[1], was[0]};
  made.numbers = moved_kernel(tensor);
  made.change = is_convolution ? "HWIO to OIHW" : "transposed";
  return made;
}

class placement {
public:
  placement(const hdf5_file& file, weight_source& source) : file_{file}, source_{source} {}

  void put(const keras_layer& layer, const std::string& part)
  {
    if (layer.kind == keras_kind::batch_norm)
      for (const role_name& role : norm_roles) put(layer, role, part);
    else {
      put(layer, {"kernel", "weight"}, part);
      const bool has_bias = layer.datasets.contains("bias");
      if (has_bias && layer.kind == keras_kind::convolution)
        throw error{error_code::does_not_fit, file_.name() + ": layer " + shown(layer.name) +
                                                ": expected a convolution without bias, found one with; is it another network?"};
      if (layer.kind == keras_kind::dense) put(layer, {"bias", "bias"}, part);
    }
  }

private:
  void put(const keras_layer& layer, const role_name& role, const std::string& part)
  {
    const auto found = layer.datasets.find(role.keras);
    if (found == layer.datasets.end())
      throw error{error_code::does_not_fit, file_.name() + ": layer " + shown(layer.name) + ": expected weights " +
                                              shown(role.keras) + ", found none; it was built without them"};
    const std::size_t rank = role.keras == "kernel" ? (layer.kind == keras_kind::convolution ? 4U : 2U) : 1U;
    if (found->second->shape.size() != rank)
      throw error{error_code::does_not_fit, file_.name() + ": " + shown(found->second->path) + ": expected " +
                                              std::to_string(rank) + " extents, found " +
                                              std::to_string(found->second->shape.size()) + "; is it another layer?"};
    source_.tensors.push_back(placed(file_.tensor(*found->second), layer.kind, part, role.ours));
  }

  const hdf5_file& file_;
  weight_source& source_;
};

using layers_by_kind = std::array<std::vector<const keras_layer*>, 3>;

/// A norm of as many channels as a film has stands in front of the network, where none has a place.
void ensure_not_on_input(const keras_layer& layer, const std::string& file)
{
  const auto gamma = layer.datasets.find("gamma");
  const bool is_of_film = gamma != layer.datasets.end() && gamma->second->shape.size() == 1 && gamma->second->shape[0] <= 3;
  if (is_of_film)
    throw error{error_code::does_not_fit, file + ": batch norm " + shown(layer.name) + " has as many channels as a film, "
                                            "expected none in front of the network; train without it"};
}

/// Layers whose names say nothing go, in their order, to the parts that are left: all of them, or those of the head
/// where the backbone's names are known. Convolutions must all find a place; what a head has too much keeps its name.
void place_by_order(const layers_by_kind& unnamed, const wanted_parts& wanted, bool is_head, placement& place,
                    const std::string& file)
{
  for (std::size_t kind = 0; kind < unnamed.size(); ++kind) {
    const std::vector<std::string>& parts = wanted.by_kind[kind];
    for (std::size_t i = 0; i < unnamed[kind].size(); ++i) {
      const keras_layer& layer = *unnamed[kind][i];
      if (is_head || i == 0) ensure_not_on_input(layer, file);
      if (i < parts.size()) place.put(layer, parts[i]);
      else if (kind != static_cast<std::size_t>(keras_kind::convolution)) place.put(layer, "classifier." + layer.name);
      else
        throw error{error_code::does_not_fit, file + ": " + std::to_string(unnamed[kind].size() - parts.size()) +
                                                " convolutions have no place in the network, the first is layer " +
                                                shown(layer.name) + "; is it another network?"};
    }
  }
}

}  // namespace

void take_keras_layers(const hdf5_file& file, const plan_view& structure, weight_source& source)
{
  wanted_parts wanted{structure};
  layers_by_kind unnamed;
  placement place{file, source};
  bool names_are_known = false;
  bool has_convolutions = false;
  keras_layers found = keras_layers_of(file);
  for (const keras_layer& each : found.layers) {
    const std::string part = part_of_keras_name(each.name);
    const bool is_wanted = wanted.take(each.kind, part);
    const bool is_backbone = part.starts_with("features.");
    names_are_known = names_are_known || is_backbone;
    has_convolutions = has_convolutions || each.kind == keras_kind::convolution;
    if (is_wanted || is_backbone) place.put(each, part);
    else unnamed[static_cast<std::size_t>(each.kind)].push_back(&each);
  }
  const bool is_head = names_are_known || !has_convolutions;  // what has no name of Keras'
  if (is_head) wanted.leave_only_the_head();
  place_by_order(unnamed, wanted, is_head, place, source.name);
  source.left_aside = std::move(found.left_aside);
  if (found.head_is_scattered) source.head_misfit = "its layers lie in several models inside the model, in an order that the file does not say";
}

}  // namespace thorax::tools
