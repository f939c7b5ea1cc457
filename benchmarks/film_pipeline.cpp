// SPDX-License-Identifier: MIT
//
// film_pipeline: milliseconds a film to read, decode, resize, change and batch, by one thread of the loader that works
// beside a training step. To be held against benchmark_training_step: what takes less is never waited for.
//
//   benchmark_film_pipeline DIR [SIZE [FILMS]]    DIR is a data folder; the first epoch decodes, the second remembers

#include "arguments.hpp"

#include <thorax/data/read_dataset.hpp>
#include <thorax/train/film_epochs.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>

namespace {

using namespace thorax;

/// Takes all batches of an epoch and does nothing with them.
double ms_a_film(const film_epochs& epochs, int number)
{
  const auto begin = std::chrono::steady_clock::now();
  std::size_t films = 0;
  epoch_loader loader = epochs(number, 0);
  while (const labeled_batch* next = loader.next()) films += next->findings.size();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count() /
         static_cast<double>(films);
}

void print_table(const char* folder, int size, int most)
{
  dataset films = read_dataset(folder);
  if (films.films.size() > static_cast<std::size_t>(most)) films.films.resize(static_cast<std::size_t>(most));
  const film_source source{films, {3, size, size}, preprocessing{}};
  std::printf("%zu films at %dx%d, batches of 16, one thread\n\n", source.size(), size, size);
  std::printf("| | ms a film |\n| --- | ---: |\n");
  film_epochs epochs{source};
  std::printf("| first epoch: read, decoded, resized, changed | %.2f |\n", ms_a_film(epochs, 1));
  std::printf("| later epochs: changed | %.2f |\n", ms_a_film(epochs, 2));
  epochs.changes.reset();
  std::printf("| later epochs without augmentation | %.2f |\n", ms_a_film(epochs, 3));
}

}  // namespace

int main(int argc, char** argv)
{
  return benchmark::run(argc, argv, "benchmark_film_pipeline DIR [SIZE [FILMS]]", [](const auto& given) {
    benchmark::ensure_count(given, 1, 3);
    print_table(given[0].c_str(), benchmark::positive_or(224, given, 1, "SIZE"),
                benchmark::positive_or(1000, given, 2, "FILMS"));
    return 0;
  });
}
