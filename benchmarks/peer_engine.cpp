// SPDX-License-Identifier: MIT
//
// peer_engine: thorax as one of the engines that benchmarks/peers compares.
//
//   benchmark_peer_engine WEIGHTS FILMS SIZE THREADS BATCH [WORD...]
//
// WEIGHTS is a safetensors file of DenseNet201 with the chest head, for any size. FILMS holds BATCH preprocessed films
// as raw floats, films x channels x height x width. A WORD asks for something that is not the default: bf16 for products
// of 16-bit numbers, lean for convolutions as they are written, whose weights need less memory, color for no use made of
// channels that are equal.
//
// The protocol, the same for every engine (benchmarks/peers/protocol.py): a line in, a line out.
//
//   (nothing)   ready VERSION                 once, when the model is loaded
//   answer      answer NUMBER...              logits of all films, then probabilities of all films
//   time N      time NUMBER...                milliseconds of each of N runs of the whole batch
//   quit        (ends with status 0)
//
// Instead of any line out, `error SENTENCE` and status 1.

#include "arguments.hpp"

#include <thorax/backend/cpu/cpu_inference.hpp>
#include <thorax/model/model.hpp>
#include <thorax/networks/chest_network.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>  // make_shared
#include <span>
#include <stdexcept>  // invalid_argument
#include <string>
#include <utility>  // move
#include <vector>

namespace {

#ifdef __clang__
constexpr const char* compiler = "clang++";
#else
constexpr const char* compiler = "g++";
#endif

using benchmark::positive;

struct options {
  std::string weights, films;
  int size{}, threads{}, batch{};
  thorax::cpu_options switches{};
};

/// What a word changes.
void obey(const std::string& word, options& wanted)
{
  if (word == "bf16") wanted.switches.bf16 = true;
  else if (word == "lean") wanted.switches.winograd = wanted.switches.strassen = false;
  else if (word == "color") wanted.switches.gray = false;
  else throw std::invalid_argument{"this build of thorax does not know the word '" + word + "'"};
}

options options_of(const std::vector<std::string>& arguments)
{
  if (arguments.size() < 5)
    throw std::invalid_argument{"usage: benchmark_peer_engine WEIGHTS FILMS SIZE THREADS BATCH [WORD...]"};
  options wanted{arguments[0], arguments[1], positive(arguments[2], "SIZE"), positive(arguments[3], "THREADS"),
                 positive(arguments[4], "BATCH")};
  for (std::size_t i = 5; i < arguments.size(); ++i) obey(arguments[i], wanted);
  return wanted;
}

std::vector<float> read_floats(const std::string& path, std::size_t count)
{
  std::vector<float> numbers(count);
  std::ifstream file{path, std::ios::binary};
  if (!file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(count * sizeof(float))))
    throw std::invalid_argument{path + ": expected " + std::to_string(count) + " floats, found fewer"};
  return numbers;
}

class engine {
public:
  explicit engine(const options& wanted)
    : batch_{wanted.batch}, net_{loaded(wanted)},
      films_{read_floats(wanted.films, net_.input().size() * static_cast<std::size_t>(batch_))}
  {
  }

  std::pair<thorax::view<const float>, thorax::view<const float>> run()
  {
    return net_.run(space_, thorax::view<const float>::packed(films_.data(), batch_, net_.input()));
  }

  void answer()
  {
    const auto [logits, probabilities] = run();
    std::printf("answer");
    for (const thorax::view<const float>& outputs : {logits, probabilities})
      for (int n = 0; n < batch_; ++n)
        for (const float number : std::span{outputs.sample(n), outputs.shape.size()})
          std::printf(" %.9g", static_cast<double>(number));
    std::printf("\n");
  }

  void time(int repeats)
  {
    std::printf("time");
    for (int i = 0; i < repeats; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      run();
      const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
      std::printf(" %.4f", taken.count());
    }
    std::printf("\n");
  }

private:
  static thorax::any_model<thorax::cpu_inference> loaded(const options& wanted)
  {
    const auto network = thorax::blueprint_of<thorax::chest_network>({3, wanted.size, wanted.size});
    auto weights =
      std::make_shared<const thorax::network_weights>(network->predicting, thorax::weights_file{wanted.weights});
    return {network, std::move(weights), thorax::cpu_inference{wanted.threads, wanted.switches}};
  }

  int batch_;
  thorax::any_model<thorax::cpu_inference> net_;
  std::vector<float> films_;
  thorax::workspace space_;
};

void obey_lines(engine& runs)
{
  for (std::string line; std::getline(std::cin, line) && line != "quit"; std::fflush(stdout)) {
    if (line == "answer") runs.answer();
    else if (line.starts_with("time ")) runs.time(positive(line.substr(5), "time"));
    else throw std::invalid_argument{"expected answer, time N or quit, found '" + line + "'"};
  }
}

}  // namespace

int main(int argc, char** argv)
{
  try {
    engine runs{options_of({argv + 1, argv + argc})};
    std::printf("ready thorax (%s %s)\n", compiler, __VERSION__);
    std::fflush(stdout);
    obey_lines(runs);
  }
  catch (const std::exception& failure) {
    std::printf("error %s\n", failure.what());
    return 1;
  }
}
