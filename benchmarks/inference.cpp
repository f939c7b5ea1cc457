// SPDX-License-Identifier: MIT
//
// inference: milliseconds a film for DenseNet201 with the chest head, weights from a seed.
//
//   benchmark_inference [SIZE THREADS BATCH [REPEATS]]    one row; without arguments the whole table
//
// Each row runs in a process of its own, so that its peak memory is its own.

#include "arguments.hpp"
#include "random_model.hpp"
#include "timing.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

void run_row(int size, int threads, int samples, int repeats)
{
  using namespace thorax;
  const any_model<cpu_inference> net = benchmark::random_model(size, threads);
  const std::vector<float> films = benchmark::random_films(samples, size);
  const auto in = view<const float>::packed(films.data(), samples, net.input());
  workspace space;
  const double ms = benchmark::fastest_ms(repeats, [&] { net.run(space, in); });
  std::printf("| %d | %d | %d | %.1f | %.0f |\n", size, threads, samples, ms / samples, benchmark::peak_megabytes());
}

/// Each row in a process of its own.
///
/// returns:  how many failed
int run_table(const std::string& program)
{
  std::printf("| size | threads | batch | ms a film | peak MB |\n| ---: | ---: | ---: | ---: | ---: |\n");
  std::fflush(stdout);
  int failures = 0;
  for (const char* row : {"224 1 1", "224 2 1", "300 1 1", "300 2 1", "300 2 8"})
    failures += std::system((program + " " + row).c_str()) == 0 ? 0 : 1;
  return failures;
}

}  // namespace

int main(int argc, char** argv)
{
  using benchmark::positive;
  return benchmark::run(argc, argv, "benchmark_inference [SIZE THREADS BATCH [REPEATS]]", [&](const auto& given) {
    if (given.empty()) return run_table(argv[0]);
    benchmark::ensure_count(given, 3, 4);
    run_row(positive(given[0], "SIZE"), positive(given[1], "THREADS"), positive(given[2], "BATCH"),
            benchmark::positive_or(10, given, 3, "REPEATS"));
    return 0;
  });
}
