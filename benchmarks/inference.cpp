// SPDX-License-Identifier: MIT
//
// inference: milliseconds a film for DenseNet201 with the chest head, weights from a seed.
//
//   benchmark_inference [SIZE THREADS BATCH [REPEATS]]    one row; without arguments the whole table
//
// Each row runs in a process of its own, so that its peak memory is its own.

#include "timing.hpp"

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/model/initial_weights.hpp>
#include <thorax/model/model.hpp>
#include <thorax/networks/chest_network.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

void run_row(int size, int threads, int samples, int repeats)
{
  using namespace thorax;
  const auto network = blueprint_of<chest_network>({3, size, size});
  std::vector<float> numbers(network->written.parameter_floats);
  fill_initial(network->predicting, 1, numbers);
  const any_model<cpu> net{network, std::make_shared<const network_weights>(network->predicting, std::move(numbers),
                                                                            weights_metadata{}),
                           cpu{threads}};
  workspace space;
  const view<float> in = net.input_of(space, samples);
  const random_stream pixels{2};
  for (int n = 0; n < samples; ++n)
    for (std::size_t i = 0; i < in.shape.size(); ++i)
      in.sample(n)[i] = static_cast<float>(pixels.uniform(i + static_cast<std::size_t>(n) * in.shape.size(), -2, 2));
  const std::vector<float> film(in.data, in.data + in.shape.size() * static_cast<std::size_t>(samples));
  const double ms = benchmark::fastest_ms(repeats, [&] {
    std::copy(film.begin(), film.end(), net.input_of(space, samples).data);  // the arena reuses the input's place
    net.run(space, samples);
  });
  std::printf("| %d | %d | %d | %.1f | %.0f |\n", size, threads, samples, ms / samples, benchmark::peak_megabytes());
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc >= 4) {
    run_row(std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3]), argc > 4 ? std::atoi(argv[4]) : 10);
    return 0;
  }
  std::printf("| size | threads | batch | ms a film | peak MB |\n| ---: | ---: | ---: | ---: | ---: |\n");
  std::fflush(stdout);
  int failures = 0;
  for (const char* row : {"224 1 1", "224 2 1", "300 1 1", "300 2 1", "300 2 8"})
    failures += std::system((std::string{argv[0]} + " " + row).c_str()) == 0 ? 0 : 1;
  return failures;
}
