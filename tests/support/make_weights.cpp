// SPDX-License-Identifier: MIT
//
// make_weights: a weights file with untrained numbers, for tests of programs that want one.
//
// usage: make_weights KIND FILE     KIND: small, of small_densenet for films of 64x64 pixels; foreign, the same
//                                   without metadata; wrong, small with another's golden sample; chest, of
//                                   DenseNet201 for 300x300

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/model/initial_weights.hpp>        // fill_initial
#include <thorax/model/write_model.hpp>            // write_model
#include <thorax/networks/chest_network.hpp>       // chest_network, chest_classifier

#include <iostream>
#include <memory>  // make_shared
#include <string>
#include <utility>  // move
#include <vector>

namespace {

template<class Network>
thorax::any_model<thorax::cpu> untrained()
{
  const auto network = thorax::blueprint_of<Network>();
  std::vector<float> numbers(network->predicting.parameter_floats);
  thorax::fill_initial(network->predicting, 1, numbers);
  thorax::weights_metadata metadata;
  metadata.findings = {"BACTERIAL", "NORMAL", "VIRAL"};
  metadata.provenance = "untrained numbers of seed 1, for tests";
  auto weights =
    std::make_shared<const thorax::network_weights>(network->predicting, std::move(numbers), metadata);
  return {network, std::move(weights), thorax::cpu{}};
}

}  // namespace

int main(int argc, char** argv)
{
  using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;
  const std::string kind = argc == 3 ? argv[1] : "";
  if (kind == "small") thorax::write_model(argv[2], untrained<small_network>());
  else if (kind == "chest") thorax::write_model(argv[2], untrained<thorax::chest_network>());
  else if (kind == "foreign") {
    const auto net = untrained<small_network>();
    thorax::write_safetensors(argv[2], thorax::named_tensors(net));
  }
  else if (kind == "wrong") {
    const auto net = untrained<small_network>();
    thorax::write_model(argv[2], net);
    thorax::weights_metadata metadata = thorax::weights_file{argv[2]}.metadata();
    for (float& logit : metadata.golden->logits) logit += 1;
    thorax::write_weights(argv[2], metadata, thorax::named_tensors(net));
  }
  else return std::cerr << "usage: make_weights small|foreign|wrong|chest FILE\n", 2;
}
