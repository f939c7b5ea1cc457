// SPDX-License-Identifier: MIT
//
// 01_hello: what a network says about a film, and where it reacted.
//
// run: make_weights chest chest.weights
// run: thorax phantoms --out films --count 10
// run: example_01_hello chest.weights films/NORMAL/phantom_0001.png
// slow

// [hello]
#include <thorax/thorax.hpp>
#include <iostream>

int main(int argc, char** argv)
{
  if (argc != 3) return std::cerr << "usage: hello WEIGHTS FILM\n", 1;
  const auto net = thorax::read_model<thorax::chest_network>(argv[1], thorax::cpu{});  // cuda{} is the only change a GPU needs
  const thorax::image film = thorax::read_image(argv[2]);
  const thorax::verdict verdict = net.predict(film);  // preprocessing travels with the weights
  std::cout << verdict.finding << ' ' << verdict.probability << '\n';
  thorax::write_image("why.png", thorax::overlay(film, thorax::grad_cam(net, film, verdict.index)));
}
// [/hello]

// The weights are untrained here, so the answer means nothing.
//
// expected output:
//   VIRAL 0.459*
