// SPDX-License-Identifier: MIT
//
// training_step: milliseconds a film for one step (forward, backward, Adam) of DenseNet201 with the chest head.
//
//   benchmark_training_step [SIZE THREADS BATCH FROM [REPEATS]]    one row; without arguments the whole table
//
// FROM is where training begins: everything, a part, or a weight. Each row runs in a process of its own.

#include "arguments.hpp"
#include "random_network.hpp"
#include "timing.hpp"

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/train/freeze_boundary.hpp>
#include <thorax/train/trainer.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

void run_row(int size, int threads, int samples, const char* from, int repeats)
{
  using namespace thorax;
  const auto network = benchmark::chest_blueprint(size);
  trainer<cpu> trained{network, benchmark::random_parameters(network), 1e-5, cpu{threads}, 1};
  trained.begin_phase({.boundary = freeze_boundary(view_of(network->written), from)});
  const std::vector<float> films = benchmark::random_films(samples, size);
  std::vector<int> findings(static_cast<std::size_t>(samples));
  for (int n = 0; n < samples; ++n) findings[static_cast<std::size_t>(n)] = n % 3;
  const std::vector<float> weights(findings.size(), 1.0F);
  const auto in = view<const float>::packed(films.data(), samples, network->predicting.input.shape);
  const double ms = benchmark::fastest_ms(repeats, [&] { trained.step(in, findings, weights, {.learning_rate = 1e-5}); });
  std::printf("| %s | %d | %d | %d | %.0f | %.0f |\n", from, size, threads, samples, ms / samples,
              benchmark::peak_megabytes());
}

/// Each row in a process of its own.
///
/// returns:  how many failed
int run_table(const std::string& program)
{
  std::printf("| trains from | size | threads | batch | ms a film | peak MB |\n"
              "| --- | ---: | ---: | ---: | ---: | ---: |\n");
  std::fflush(stdout);
  int failures = 0;
  for (const char* row : {"224 1 4 everything", "224 2 16 everything", "300 1 4 everything", "300 2 8 everything",
                          "224 2 16 features.denseblock4.denselayer24.conv2", "224 2 16 classifier"})
    failures += std::system((program + " " + row).c_str()) == 0 ? 0 : 1;
  return failures;
}

}  // namespace

int main(int argc, char** argv)
{
  using benchmark::positive;
  constexpr const char* usage = "benchmark_training_step [SIZE THREADS BATCH FROM [REPEATS]]";
  return benchmark::run(argc, argv, usage, [&](const auto& given) {
    if (given.empty()) return run_table(argv[0]);
    benchmark::ensure_count(given, 4, 5);
    run_row(positive(given[0], "SIZE"), positive(given[1], "THREADS"), positive(given[2], "BATCH"), given[3].c_str(),
            benchmark::positive_or(2, given, 4, "REPEATS"));
    return 0;
  });
}
