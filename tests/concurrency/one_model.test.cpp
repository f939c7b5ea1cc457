// SPDX-License-Identifier: MIT
//
// One model and many threads. Run under ThreadSanitizer, by the preset gcc-tsan, these tests also show that nothing is
// written while somebody else looks at it.

#include <thorax/model/model.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/data/phantom.hpp>
#include <thorax/networks/chest_network.hpp>

#include "support/catch.hpp"
#include "support/random_weights.hpp"

#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::workspace;

namespace {

using small_network = thorax::chest_classifier<thorax::small_densenet_features, 64>;
using small_model = thorax::model<small_network, cpu>;
using answers = std::vector<std::vector<float>>;

constexpr int films = 4;

/// returns:  logits and probabilities of a film
std::vector<float> answer(const small_model& net, workspace& space, int film)
{
  const thorax::image picture = thorax::phantom(1, film, film % 3, 90);
  thorax::preprocess(picture, net.metadata().preprocessing, net.input_of(space, 1), space.films);
  const auto [logits, probabilities] = net.run(space, 1);
  std::vector<float> numbers(logits.data, logits.data + logits.shape.size());
  numbers.insert(numbers.end(), probabilities.data, probabilities.data + probabilities.shape.size());
  return numbers;
}

/// returns:  what one caller with one thread is told
answers alone()
{
  const auto net = random_model<small_network>(cpu{1});
  workspace space;
  answers found;
  for (int film = 0; film < films; ++film) found.push_back(answer(net, space, film));
  return found;
}

}  // namespace

TEST_CASE("eight callers of one model are told what one caller is told, bit for bit", "[concurrency]")
{
  const answers expected = alone();
  const auto net = random_model<small_network>(cpu{2});
  std::vector<answers> found(8);
  std::vector<std::thread> callers;
  for (answers& mine : found)
    callers.emplace_back([&] {
      workspace space;
      for (int film = 0; film < films; ++film) mine.push_back(answer(net, space, film));
    });
  for (std::thread& caller : callers) caller.join();
  for (const answers& each : found) CHECK(each == expected);
}

TEST_CASE("callers who borrow workspaces from one model are told the same", "[concurrency]")
{
  const answers expected = alone();
  const auto net = random_model<small_network>(cpu{2});
  std::vector<answers> found(8);
  std::vector<std::thread> callers;
  for (answers& mine : found)
    callers.emplace_back([&, copy = net] {
      for (int film = 0; film < films; ++film)
        mine.push_back(copy.with_workspace([&](workspace& space) { return answer(copy, space, film); }));
    });
  for (std::thread& caller : callers) caller.join();
  for (const answers& each : found) CHECK(each == expected);
}

TEST_CASE("the model's own threads may take whole films, while another caller asks", "[concurrency]")
{
  const answers expected = alone();
  const auto net = random_model<small_network>(cpu{2});
  answers found(3 * films);
  answers beside;
  std::thread other{[&] {
    workspace space;
    for (int film = 0; film < films; ++film) beside.push_back(answer(net, space, film));
  }};
  net.pool().run(3 * films, [&](int task, int) {
    found[static_cast<std::size_t>(task)] =
      net.with_workspace([&](workspace& space) { return answer(net, space, task % films); });
  });
  other.join();
  CHECK(beside == expected);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == expected[i % films]);
}
