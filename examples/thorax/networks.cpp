// SPDX-License-Identifier: MIT

#include "networks.hpp"

#include <thorax/base/error.hpp>                // error
#include <thorax/networks/chest_network.hpp>    // chest_classifier
#include <thorax/networks/xrv_densenet121.hpp>  // xrv_densenet121
#include <thorax/plan/with_outputs.hpp>         // with_outputs

#include <algorithm>  // max, min
#include <string_view>

namespace thorax::program {

namespace {

struct known_network {
  std::string_view name;
  draft (*lower)(extents film);
};

constexpr known_network known_networks[]{
  {"small_densenet", lowered<chest_classifier<small_densenet_features>>},
  {"chest_network", lowered<chest_network>},
  {"densenet121", lowered<densenet121>},
  {"densenet169", lowered<densenet169>},
  {"densenet201", lowered<densenet201>},
  {"densenet264", lowered<densenet264>},
  {"chest_densenet121", lowered<chest_classifier<densenet121_features>>},
  {"chest_densenet169", lowered<chest_classifier<densenet169_features>>},
  {"chest_densenet264", lowered<chest_classifier<densenet264_features>>},
  {"xrv_densenet121", lowered<xrv_densenet121>},
};

void ensure_possible(const extents& film, int findings)
{
  const int smaller = std::min(film.height, film.width);
  const int larger = std::max(film.height, film.width);
  if (smaller < smallest_film || larger > largest_film)
    throw error{error_code::wrong_usage, "films of " + std::to_string(smaller < smallest_film ? smaller : larger) +
                                           " pixels: expected " + std::to_string(smallest_film) + " to " +
                                           std::to_string(largest_film)};
  if (findings < fewest_findings || findings > most_findings)
    throw error{error_code::wrong_usage, std::to_string(findings) + " findings: expected " +
                                           std::to_string(fewest_findings) + " to " + std::to_string(most_findings)};
}

}  // namespace

std::shared_ptr<const blueprint> network_named(const std::string& name, extents film, int findings,
                                               inference_passes wanted)
{
  ensure_possible(film, findings);
  std::string known;
  for (const known_network& each : known_networks) {
    if (each.name == name) return blueprint_of(name, with_outputs(each.lower(film), findings), wanted);
    known += (known.empty() ? "" : ", ") + std::string{each.name};
  }
  throw error{error_code::wrong_usage, "there is no network '" + name + "'; expected one of " + known};
}

std::shared_ptr<const blueprint> network_of(const weights_file& file)
{
  const weights_metadata& said = file.metadata();
  if (said.network.empty())
    throw error{error_code::does_not_fit, file.tensors().name() + ": expected weights of thorax, found those of another "
                                                                  "program; import them first"};
  try {
    return network_named(said.network, said.input, static_cast<int>(said.findings.size()));
  }
  catch (const error& problem) {
    throw error{error_code::does_not_fit, file.tensors().name() + ": " + problem.what()};
  }
}

extents usual_film(const std::string& network)
{
  if (network == "xrv_densenet121") return xrv_densenet121::input_shape;
  if (network == "small_densenet") return {3, 96, 96};
  return network.starts_with("chest_") ? chest_network::input_shape : densenet121::input_shape;
}

int channels_in(const weights_file& file)
{
  const tensor_record& stem = file.tensors().at("features.conv0.weight");
  return stem.shape.size() == 4 && stem.shape[1] == 1 ? 1 : 3;
}

int findings_in(const weights_file& file)
{
  if (!file.metadata().findings.empty()) return static_cast<int>(file.metadata().findings.size());
  const tensor_record* plain = file.tensors().find("classifier.bias");
  const std::size_t count = (plain == nullptr ? file.tensors().at("classifier.linear2.bias") : *plain).size();
  return static_cast<int>(std::min<std::size_t>(count, most_findings + 1));
}

}  // namespace thorax::program
