// SPDX-License-Identifier: MIT
//
// 02_batch_to_csv: all films of a folder, eight at a time, as a table for other programs.
//
// run: make_weights small small.weights
// run: thorax phantoms --out films --count 10 --size 64
// run: example_02_batch_to_csv small.weights films

#include <thorax/training.hpp>

#include <iostream>

using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;

int main(int argc, char** argv)
{
  if (argc != 3) return std::cerr << "usage: batch_to_csv WEIGHTS FOLDER\n", 2;
  const auto net = thorax::read_model<small_network>(argv[1], thorax::cpu{});
  net.verify();  // the weights carry an input and what the network should say to it
  const thorax::dataset films = thorax::read_dataset(argv[2]);
  const thorax::film_source source{films, net.input(), net.metadata().preprocessing};

  // [batch]
  thorax::predictions said{net.findings(), {}};
  const auto order = thorax::in_order(source.size());
  for (const thorax::labeled_batch& some : order | thorax::decoded(source) | thorax::batched(8)) {
    const thorax::scores scores = net(some.pixels);  // samples × findings, twice: logits and probabilities
    for (std::size_t n = 0; n < some.indices.size(); ++n) {
      const thorax::film& asked = films.films[some.indices[n]];
      const float* row = &scores.probabilities(n, 0);
      const std::vector<float> probabilities(row, row + said.findings.size());
      said.rows.push_back({.path = asked.path.string(),
                           .patient = asked.patient,
                           .fold = asked.fold,
                           .true_finding = asked.finding,
                           .predicted = thorax::most_likely(probabilities, said.findings).index,
                           .probabilities = probabilities});
    }
  }
  thorax::write_file("predictions.csv", thorax::predictions_csv(said));
  // [/batch]

  const thorax::metrics found = thorax::metrics_of(said);
  std::cout << found.n << " films in predictions.csv\n" << found.counts.correct() << " as their labels say\n";
}

// The weights are untrained here: they say the same to every film.
//
// expected output:
//   30 films in predictions.csv
//   10 as their labels say
