// SPDX-License-Identifier: MIT

#include "keras/keras_export.hpp"

#include "hdf5/hdf5_writer.hpp"
#include "keras/keras_names.hpp"

#include <thorax/plan/names.hpp>  // path_of

#include <map>
#include <utility>  // move

namespace thorax::tools {

namespace {

/// HWIO, as Keras has it, from OIHW; of a matrix its transpose.
std::vector<float> keras_kernel(const parameter& kernel, const float* numbers)
{
  const auto outputs = static_cast<std::size_t>(kernel.shape[0]);
  const std::size_t rest = kernel.size() / outputs;
  const std::size_t pixels = kernel.rank == 4 ? static_cast<std::size_t>(kernel.shape[2]) * static_cast<std::size_t>(kernel.shape[3]) : 1;
  const std::size_t inputs = rest / pixels;
  std::vector<float> moved(kernel.size());
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t i = 0; i < inputs; ++i)
      for (std::size_t p = 0; p < pixels; ++p) moved[(p * inputs + i) * outputs + o] = numbers[(o * inputs + i) * pixels + p];
  return moved;
}

std::vector<std::size_t> keras_shape(const parameter& kernel)
{
  const auto at = [&](int i) { return static_cast<std::size_t>(kernel.shape[i]); };
  if (kernel.rank == 4) return {at(2), at(3), at(1), at(0)};
  return kernel.rank == 2 ? std::vector{at(1), at(0)} : std::vector{at(0)};
}

std::string keras_role(const parameter& each)
{
  switch (each.kind) {
    case parameter_kind::weight: return "kernel";
    case parameter_kind::bias: return "bias";
    case parameter_kind::norm_weight: return "gamma";
    case parameter_kind::norm_bias: return "beta";
    case parameter_kind::running_mean: return "moving_mean";
    case parameter_kind::running_variance: return "moving_variance";
  }
  return "";
}

/// returns:  the layer's name in Keras' DenseNet; a head of another kind gets names of its own
std::string keras_layer_name(const std::string& path)
{
  std::string name = keras_name_of_part(path);
  if (!name.empty()) return name;
  for (const char letter : path) name += letter == '.' ? '_' : letter;
  return name;
}

/// A layer with its datasets in Keras' order: kernel, bias; gamma, beta, moving_mean, moving_variance.
struct exported_layer {
  std::string name;
  std::string kind;
  std::vector<std::size_t> parameters;
};

std::string class_of(const parameter& first)
{
  if (first.kind == parameter_kind::norm_weight) return "batch_normalization";
  return first.rank == 4 ? "conv2d" : "dense";
}

std::vector<exported_layer> layers_of(const plan_view& plan, bool features_only)
{
  std::vector<exported_layer> layers;
  for (std::size_t k = 0; k < plan.parameters.size(); ++k) {
    const parameter& each = plan.parameters[k];
    const std::string path = path_of(plan, each.part);
    if (features_only && !path.starts_with("features")) continue;
    const std::string name = keras_layer_name(path);
    if (layers.empty() || layers.back().name != name) layers.push_back({name, class_of(each), {}});
    layers.back().parameters.push_back(k);
  }
  return layers;
}

void add_parameter(hdf5_writer& file, const std::string& path, const parameter& each, const float* numbers)
{
  if (each.kind == parameter_kind::weight) file.add_floats(path, keras_shape(each), keras_kernel(each, numbers));
  else file.add_floats(path, keras_shape(each), {numbers, each.size()});
}

}  // namespace

std::vector<std::byte> keras_by_layer(const any_model<cpu>& net, bool features_only)
{
  hdf5_writer file;
  std::vector<std::string> names;
  for (const exported_layer& layer : layers_of(net.plan(), features_only)) {
    names.push_back(layer.name);
    file.add_group("/" + layer.name);
    std::vector<std::string> weights;
    for (const std::size_t k : layer.parameters) {
      const parameter& each = net.plan().parameters[k];
      weights.push_back(layer.name + "/" + keras_role(each));
      add_parameter(file, "/" + layer.name + "/" + weights.back(), each, net.weights().pointers()[k]);
    }
    file.add_texts("/" + layer.name, "weight_names", weights);
  }
  file.add_texts("/", "layer_names", names);
  file.add_text("/", "backend", "tensorflow");
  file.add_text("/", "keras_version", "3.0.0");  // its loader rewrites the weights of files that name none, or an older one
  return file.bytes();
}

std::vector<std::byte> keras_by_class(const any_model<cpu>& net, bool features_only)
{
  hdf5_writer file;
  std::map<std::string, int> counts;
  for (const exported_layer& layer : layers_of(net.plan(), features_only)) {
    const int number = counts[layer.kind]++;
    const std::string vars = "/layers/" + layer.kind + (number == 0 ? "" : "_" + std::to_string(number)) + "/vars";
    file.add_group(vars);
    file.add_text(vars, "name", layer.name);
    for (std::size_t i = 0; i < layer.parameters.size(); ++i) {
      const std::size_t k = layer.parameters[i];
      add_parameter(file, vars + "/" + std::to_string(i), net.plan().parameters[k], net.weights().pointers()[k]);
    }
  }
  return file.bytes();
}

}  // namespace thorax::tools
