// SPDX-License-Identifier: MIT
//
// static_predict: one file that needs nothing: no library, no weights beside it, no BLAS. It runs where there is a kernel
// of Linux and no more, on any processor of its kind, with the best instructions that this one has.

#include "static_weights.hpp"  // made by thorax_embed_weights, see CMakeLists.txt

#include <thorax/backend/cpu/cpu_inference.hpp>
#include <thorax/image/read.hpp>
#include <thorax/model/model.hpp>
#include <thorax/networks/chest_network.hpp>

#include <cstdio>

int main(int argc, char** argv)
{
  if (argc < 2) return std::fprintf(stderr, "usage: static_predict FILM...\n"), 2;
  int rejected = 0;
  try {
    // [static]
    using network = THORAX_STATIC_NETWORK;
    auto weights = thorax::weights_file::from_bytes(embedded::static_weights(), "the embedded weights");
    const auto net = thorax::read_model<network>(std::move(weights), thorax::cpu_inference{});
    // [/static]
    std::printf("%s on %s; for research and teaching, never for a diagnosis\n", net.network().name.c_str(),
                std::string{net.packed().chosen().architecture()}.c_str());
    for (const char* path : std::span{argv + 1, argv + argc}) {
      try {
        const thorax::verdict verdict = net.predict(thorax::read_image(path));
        std::printf("%-12s %.3f  %s\n", std::string{verdict.finding}.c_str(), static_cast<double>(verdict.probability), path);
      }
      catch (const thorax::error& problem) {
        ++rejected;
        std::fprintf(stderr, "static_predict: %s\n", problem.what());
      }
    }
  }
  catch (const std::exception& problem) {
    std::fprintf(stderr, "static_predict: %s\n", problem.what());
    return 1;
  }
  return rejected == 0 ? 0 : 1;
}
