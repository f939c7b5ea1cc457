// SPDX-License-Identifier: MIT
//
// 06_threads: one model, asked by several threads at once. A model never changes; each thread owns a workspace.
//
// run: make_weights small small.weights
// run: example_06_threads small.weights

#include <thorax/training.hpp>

#include <atomic>
#include <iostream>
#include <thread>

using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;

int main(int argc, char** argv)
{
  if (argc != 2) return std::cerr << "usage: threads WEIGHTS\n", 2;

  // [threads]
  constexpr int threads = 4;
  constexpr int films_each = 10;
  // One thread a call: here the calls run side by side.
  const auto net = thorax::read_model<small_network>(argv[1], thorax::cpu{1});
  std::atomic<int> as_alone = 0;

  const auto ask = [&](int thread) {
    thorax::workspace mine;  // grows with the first film, then no call allocates
    for (int i = 0; i < films_each; ++i) {
      const thorax::image film = thorax::phantom(1, films_each * thread + i, i % 3, 64);
      const thorax::verdict said = net.predict(film, mine);
      if (said.probability == net.predict(film).probability) ++as_alone;  // without one, the model lends one
    }
  };
  std::vector<std::jthread> callers;
  for (int thread = 0; thread < threads; ++thread) callers.emplace_back(ask, thread);
  callers.clear();  // waits for them
  // [/threads]

  std::cout << as_alone << " of " << threads * films_each << " answers are the same either way\n";
}

// expected output:
//   40 of 40 answers are the same either way
