// SPDX-License-Identifier: MIT

#include "keras/keras_layers.hpp"

#include "fitted_weights.hpp"
#include "hdf5/hdf5_writer.hpp"

#include "support/catch.hpp"
#include "support/imported_networks.hpp"
#include "support/refuses.hpp"

#include <map>
#include <string>
#include <vector>

using namespace thorax;
using namespace thorax::tests;
using namespace thorax::tools;

namespace {

struct dataset {
  std::string role;
  std::vector<std::size_t> shape;
  std::vector<float> numbers;
};

struct layer_with_weights {
  std::string kind;  ///< conv2d, batch_normalization or dense
  std::vector<dataset> datasets;
};

std::string role_of(const parameter& each)
{
  const std::map<parameter_kind, std::string> roles{
    {parameter_kind::weight, "kernel"},        {parameter_kind::bias, "bias"},
    {parameter_kind::norm_weight, "gamma"},    {parameter_kind::norm_bias, "beta"},
    {parameter_kind::running_mean, "moving_mean"}, {parameter_kind::running_variance, "moving_variance"}};
  return roles.at(each.kind);
}

/// A parameter as Keras lays it out, worked out anew here: HWIO for convolutions, inputs × outputs for matrices.
dataset keras_dataset(const parameter& each, const float* numbers)
{
  dataset made{role_of(each), {each.size()}, {numbers, numbers + each.size()}};
  if (each.kind != parameter_kind::weight) return made;
  const auto at = [&](int i) { return static_cast<std::size_t>(each.shape[i]); };
  made.shape = each.rank == 4 ? std::vector{at(2), at(3), at(1), at(0)} : std::vector{at(1), at(0)};
  std::size_t next = 0;
  for (std::size_t y = 0; y < at(2); ++y)
    for (std::size_t x = 0; x < at(3); ++x)
      for (std::size_t i = 0; i < at(1); ++i)
        for (std::size_t o = 0; o < at(0); ++o) made.numbers[next++] = numbers[((o * at(1) + i) * at(2) + y) * at(3) + x];
  return made;
}

/// The layers of a network in its order, with the golden numbers.
std::vector<layer_with_weights> layers_of(const blueprint& network)
{
  const plan_view plan = view_of(network.written);
  const std::vector<float> numbers = imported_numbers(plan);
  std::vector<layer_with_weights> layers;
  for (const parameter& each : plan.parameters) {
    const bool begins = each.kind == parameter_kind::weight || each.kind == parameter_kind::norm_weight;
    const std::string kind = each.kind != parameter_kind::weight ? "batch_normalization" : each.rank == 4 ? "conv2d" : "dense";
    if (begins) layers.push_back({kind, {}});
    layers.back().datasets.push_back(keras_dataset(each, numbers.data() + each.offset));
  }
  return layers;
}

std::vector<std::byte> file_by_layer(const std::vector<layer_with_weights>& layers)
{
  hdf5_writer file;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    names.push_back("step_" + std::to_string(i));
    file.add_group("/" + names.back());
    std::vector<std::string> weights;
    for (const dataset& each : layers[i].datasets) {
      weights.push_back(names.back() + "/" + each.role + ":0");
      file.add_floats("/" + names.back() + "/" + weights.back(), each.shape, each.numbers);
    }
    file.add_texts("/" + names.back(), "weight_names", weights);
  }
  file.add_texts("/", "layer_names", names);
  return file.bytes();
}

std::vector<std::byte> file_by_class(const std::vector<layer_with_weights>& layers, const std::string& folder)
{
  hdf5_writer file;
  std::map<std::string, int> seen;
  for (const layer_with_weights& layer : layers) {
    const int number = seen[layer.kind]++;
    const std::string path = folder + layer.kind + (number == 0 ? "" : "_" + std::to_string(number)) + "/vars/";
    for (std::size_t i = 0; i < layer.datasets.size(); ++i)
      file.add_floats(path + std::to_string(i), layer.datasets[i].shape, layer.datasets[i].numbers);
  }
  return file.bytes();
}

weight_source taken(const std::vector<std::byte>& bytes, const blueprint& network)
{
  weight_source source;
  source.name = "'file'";
  take_keras_layers(hdf5_file{bytes, source.name}, view_of(network.written), source);
  return source;
}

void check_whole(const std::vector<std::byte>& bytes, const blueprint& network)
{
  const fitted_weights fitted = fit_weights(taken(bytes, network), network, 1);
  CHECK(fitted.fresh_head.empty());
  CHECK(fitted.numbers == imported_numbers(view_of(network.written)));
}

}  // namespace

TEST_CASE("layers that the user has renamed go by their order", "[weights_tools]")
{
  for (const char* const set : {"plain", "deep", "chest", "xray"}) {
    INFO(set);
    const auto network = imported_network(set);
    const std::vector<layer_with_weights> layers = layers_of(*network);
    check_whole(file_by_layer(layers), *network);
    check_whole(file_by_class(layers, "/layers/"), *network);
    check_whole(file_by_class(layers, "/layers/functional/layers/"), *network);
  }
}

TEST_CASE("layers that no DenseNet has are refused by name", "[weights_tools]")
{
  const auto network = imported_network("plain");
  const auto refused = [&](const std::string& words, auto change) {
    std::vector<layer_with_weights> layers = layers_of(*network);
    change(layers);
    for (const std::vector<std::byte>& bytes : {file_by_layer(layers), file_by_class(layers, "/layers/")})
      CHECK(refuses(error_code::does_not_fit, words, [&] { fit_weights(taken(bytes, *network), *network, 1); }));
  };
  refused("expected a convolution without bias", [](auto& layers) { layers[0].datasets.push_back({"bias", {4}, {1, 2, 3, 4}}); });
  refused("convolutions have no place in the network", [](auto& layers) { layers.insert(layers.end(), layers[0]); });
  refused("expected a tensor 'features.transition1.conv.weight', found none", [](auto& layers) {
    std::size_t convolutions = 0;
    std::erase_if(layers, [&](const layer_with_weights& each) { return each.kind == "conv2d" && ++convolutions == 4; });
    std::size_t norms = 0;  // the last convolution is now the transition's
    std::erase_if(layers, [&](const layer_with_weights& each) { return each.kind == "conv2d" && ++norms >= 4; });
  });
  refused("found others", [](auto& layers) { layers[1].datasets.push_back({"extra", {4}, {1, 2, 3, 4}}); });
  refused("has as many channels as a film", [](auto& layers) {
    const std::vector<float> three{1, 2, 3};
    layers.insert(layers.begin(), {"batch_normalization", {{"gamma", {3}, three}, {"beta", {3}, three}, {"moving_mean", {3}, three}, {"moving_variance", {3}, three}}});
  });
}

TEST_CASE("a head with a layer too many is not taken for whole", "[weights_tools]")
{
  for (const char* const set : {"plain", "chest"}) {
    const auto network = imported_network(set);
    std::vector<layer_with_weights> layers = layers_of(*network);
    layers.push_back(layers.back());  // one more dense layer
    for (const std::vector<std::byte>& bytes : {file_by_layer(layers), file_by_class(layers, "/layers/")}) {
      const fitted_weights fitted = fit_weights(taken(bytes, *network), *network, 1);
      CHECK(fitted.fresh_head.starts_with("its head has also '"));
      CHECK_FALSE(fitted.not_used.empty());
    }
  }
}

TEST_CASE("a head alone, and one over several models, is known as such", "[weights_tools]")
{
  const auto network = imported_network("chest");
  std::vector<layer_with_weights> layers = layers_of(*network);
  const std::vector<layer_with_weights> head(layers.end() - 3, layers.end());
  for (const std::vector<std::byte>& bytes : {file_by_layer(head), file_by_class(head, "/layers/")}) {
    weight_source source = taken(file_by_layer(layers), *network);
    take_head_of(taken(bytes, *network), source);
    CHECK(fit_weights(source, *network, 1).numbers == imported_numbers(view_of(network->written)));
  }
  hdf5_writer scattered;
  for (const std::string path : {"/layers/functional/layers/conv2d", "/layers/dense", "/layers/sequential/layers/dense"})
    scattered.add_floats(path + "/vars/0", {1, 1, 1, 1}, std::vector<float>{1});
  CHECK(keras_layers_of(hdf5_file{scattered.bytes(), "'file'"}).head_is_scattered);
}

TEST_CASE("a layer of another kind with weights is refused, random layers and optimizers are not weights", "[weights_tools]")
{
  const auto network = imported_network("plain");
  const std::vector<layer_with_weights> layers = layers_of(*network);
  for (const char* const kind : {"normalization", "separable_conv2d", "layer_normalization", "p_re_lu"}) {
    INFO(kind);
    std::vector<layer_with_weights> more = layers;
    more.push_back({kind, {{"mean", {3}, {1, 2, 3}}}});
    CHECK(refuses(error_code::does_not_fit, std::string{kind}, [&] { taken(file_by_class(more, "/layers/"), *network); }));
    CHECK(refuses(error_code::does_not_fit, "found others", [&] { taken(file_by_layer(more), *network); }));
  }
  hdf5_writer file;
  file.add_floats("/optimizer/vars/0", {1}, std::vector<float>{1});
  file.add_floats("/_something/vars/0", {1}, std::vector<float>{1});
  CHECK(refuses(error_code::does_not_fit, "expected weights as Keras writes them", [&] { taken(file.bytes(), *network); }));
}

TEST_CASE("a list of layers that the file does not hold is refused", "[weights_tools]")
{
  const auto network = imported_network("plain");
  hdf5_writer no_layer;
  no_layer.add_texts("/", "layer_names", {"conv1"});
  CHECK(refuses(error_code::format_refused, "layer_names lists 'conv1'", [&] { taken(no_layer.bytes(), *network); }));
  hdf5_writer no_weight;
  no_weight.add_texts("/", "layer_names", {"conv1"});
  no_weight.add_group("/conv1");
  no_weight.add_texts("/conv1", "weight_names", {"conv1/kernel"});
  CHECK(refuses(error_code::format_refused, "layer 'conv1' lists 'conv1/kernel'", [&] { taken(no_weight.bytes(), *network); }));
}
