// SPDX-License-Identifier: MIT
//
// 07_one_file: the weights are a part of the program; nothing has to be found, read or trusted when it runs.
//
// run: thorax phantoms --out films --count 10
// run: example_07_one_file films/NORMAL/phantom_0001.png
// expected output:
//   small_densenet, 64-byte aligned: yes
//   * 0.*

#include "small_weights.hpp"  // made by thorax_embed_weights, see CMakeLists.txt

#include <thorax/thorax.hpp>

#include <cstdint>
#include <iostream>

using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;

int main(int argc, char** argv)
{
  if (argc != 2) return std::cerr << "usage: one_file FILM\n", 2;
  // [embedded]
  thorax::weights_file weights = thorax::weights_file::from_bytes(embedded::small_weights(), "the embedded weights");
  const auto net = thorax::read_model<small_network>(std::move(weights), thorax::cpu{});
  const thorax::verdict verdict = net.predict(thorax::read_image(argv[1]));
  // [/embedded]
  const bool aligned = reinterpret_cast<std::uintptr_t>(embedded::small_weights().data()) % 64 == 0;
  std::cout << net.metadata().network << ", 64-byte aligned: " << (aligned ? "yes" : "no") << '\n'
            << verdict.finding << ' ' << verdict.probability << '\n';
}
