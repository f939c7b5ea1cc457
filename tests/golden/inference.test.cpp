// SPDX-License-Identifier: MIT
//
// Whole networks against PyTorch in double: logits to 1e-4, activations to 1e-5 of a part's largest number.

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/model/model.hpp>

#include "support/catch.hpp"
#include "support/chosen_cpu.hpp"
#include "support/golden_file.hpp"
#include "support/golden_run.hpp"
#include "support/golden_weights.hpp"
#include "support/network_in_double.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

using namespace thorax::tests;

namespace {

constexpr double activations = 1e-5;
constexpr double logits = 1e-4;
constexpr double coarse_logits = 0.25;  // bf16 has two or three digits; logits are up to 22

// A record "0/features.pool0" is about that part for film 0.
std::string part_of(const golden_record& record) { return record.name.substr(record.name.find('/') + 1); }
bool is_part(const golden_record& record) { return record.name.find('/') != std::string::npos; }

const std::vector<std::string> ends_of_blocks{
  "features.pool0",       "features.denseblock1", "features.transition1", "features.denseblock2",
  "features.transition2", "features.denseblock3", "features.transition3", "features.denseblock4",
  "features",             "classifier.norm"};

/// The plan that predicts, with what ends a block kept.
template<class Network, class Backend>
void check_ends_of_blocks(const golden_file& expected, int films, double epsilon, Backend chosen,
                          golden_weight_kind kind = golden_weight_kind::usual)
{
  INFO(Backend::name);
  const thorax::draft plan = plan_that_keeps(thorax::lowered<Network>(), ends_of_blocks);
  const std::vector<float> pixels = golden_films(films, plan.input.shape, 0, kind);
  const golden_run<Backend> run{plan, golden_weights(view_of(plan), kind), epsilon, pixels, chosen};
  for (int film = 0; film < films; ++film)
    for (const std::string& path : ends_of_blocks) {
      const golden_record& record = expected[std::to_string(film) + "/" + path];
      check_golden(record, run.part(path, film), activations * record.largest);
    }
  check_golden(expected["logits"], run.logits(), logits);
  check_golden(expected["probabilities"], run.output(), logits);
}

/// The weights that a model of that network is given.
std::shared_ptr<const thorax::network_weights> weights_for(const thorax::blueprint& network, double epsilon,
                                                           golden_weight_kind kind = golden_weight_kind::usual)
{
  thorax::weights_metadata metadata;
  metadata.batch_norm_epsilon = epsilon;
  return std::make_shared<const thorax::network_weights>(network.predicting,
                                                         golden_weights(network.predicting, kind), metadata);
}

/// Films of the golden, one after the other; with `count` larger than `films` they come again.
thorax::batch batch_of(int count, int films, const thorax::extents& shape, golden_weight_kind kind)
{
  const std::vector<float> pixels = golden_films(films, shape, 0, kind);
  thorax::batch samples({static_cast<std::size_t>(count), 3, static_cast<std::size_t>(shape.height),
                         static_cast<std::size_t>(shape.width)});
  for (std::size_t i = 0; i < samples.size(); ++i) samples.data()[i] = pixels[i % pixels.size()];
  return samples;
}

/// The model that users hold, with the compiler's own plan.
template<class Network, class Backend>
void check_model(const golden_file& expected, int films, double epsilon, Backend chosen,
                 golden_weight_kind kind = golden_weight_kind::usual)
{
  INFO(Backend::name);
  const thorax::model<Network, Backend> net{weights_for(*thorax::blueprint_of<Network>(), epsilon, kind), chosen};
  const thorax::scores said = net(batch_of(films, films, net.input(), kind));
  check_golden(expected["logits"], {said.logits.data(), said.logits.size()}, logits);
  check_golden(expected["probabilities"], {said.probabilities.data(), said.probabilities.size()}, logits);
}

/// Checks answers to films that come again after those of the golden, and notes the largest difference by name.
void check_films(const golden_record& record, const std::string& name, std::span<const float> found, double tolerance)
{
  double most = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double difference = std::abs(double{found[i]} - record.numbers[i % record.size]);
    INFO(record.name << " " << i << " is " << found[i] << ", expected " << record.numbers[i % record.size]);
    CHECK(difference <= tolerance);
    most = std::max(most, difference);
  }
  note_difference(record.source + ", " + record.name + ", " + name, most, tolerance);
}

/// One and two threads, one and two films at once: all of them say the same bit for bit.
template<class Network>
void check_configurations(const golden_file& expected, int films, const cpu_choice& choice,
                          const std::shared_ptr<const thorax::network_weights>& weights)
{
  std::vector<float> first;
  for (const int threads : {1, 2}) {
    const thorax::model<Network, chosen_cpu> net{weights, chosen_cpu{threads, choice}};
    for (const int count : {1, 2}) {
      INFO(choice.name() << ", threads " << threads << ", batch " << count);
      const thorax::scores said = net(batch_of(count, films, net.input(), golden_weight_kind::usual));
      const std::span<const float> found{said.logits.data(), said.logits.size()};
      const double tolerance = choice.options.bf16 ? coarse_logits : logits;
      check_films(expected["logits"], choice.name(), found, tolerance);
      check_films(expected["probabilities"], choice.name(), {said.probabilities.data(), said.probabilities.size()},
                  tolerance);
      if (first.empty()) first.assign(found.begin(), found.end());
      CHECK(std::equal(first.begin(), first.end(), found.begin()));
    }
  }
}

/// Every instruction set that runs here, with and without Winograd, and bf16 where there is.
template<class Network>
void check_configurations(const golden_file& expected, int films, double epsilon)
{
  const auto weights = weights_for(*thorax::blueprint_of<Network>(), epsilon);
  for (const cpu_choice& choice : cpu_choices()) check_configurations<Network>(expected, films, choice, weights);
  for (const cpu_choice& choice : bf16_choices()) check_configurations<Network>(expected, films, choice, weights);
}

}  // namespace

TEST_CASE("every part of the tiny network, as written and in double, makes PyTorch's numbers", "[golden]")
{
  const golden_file expected{"tiny_inference.txt"};
  const thorax::draft written = thorax::lowered<tiny_network>();
  const thorax::plan_view plan = view_of(written);
  network_in_double run{written, golden_weights(plan)};
  run.run(golden_films(2, written.input.shape), 2);
  std::size_t checked = 0;
  for (const golden_record& record : expected.records()) {
    if (!is_part(record)) continue;
    const int part = thorax::find_part(plan, part_of(record));
    INFO(record.name);
    REQUIRE(part != thorax::none);
    const thorax::view<double> maps = run.maps(plan.parts[static_cast<std::size_t>(part)].out);
    const int film = record.name[0] - '0';
    const std::vector<float> found(maps.sample(film), maps.sample(film) + maps.shape.size());
    check_golden(record, found, 2e-7 * record.largest);  // only the golden's decimals and one rounding to float
    ++checked;
  }
  CHECK(checked > 2 * plan.parts.size() - 20);
}

TEST_CASE("after all passes, the tiny network's blocks end with PyTorch's numbers", "[golden]")
{
  const golden_file expected{"tiny_inference.txt"};
  check_ends_of_blocks<tiny_network>(expected, 2, 1e-5, thorax::reference{});
  check_ends_of_blocks<tiny_network>(expected, 2, 1e-5, thorax::cpu{2});
}

TEST_CASE("the tiny model answers with PyTorch's logits and probabilities", "[golden]")
{
  const golden_file expected{"tiny_inference.txt"};
  check_model<tiny_network>(expected, 2, 1e-5, thorax::reference{});
  check_model<tiny_network>(expected, 2, 1e-5, thorax::cpu{2});
}

TEST_CASE("the epsilons of PyTorch and of Keras each give the numbers that belong to them", "[golden]")
{
  const auto kind = golden_weight_kind::faint;
  const golden_file pytorch{"tiny_faint_pytorch.txt"};
  const golden_file keras{"tiny_faint_keras.txt"};
  check_ends_of_blocks<tiny_network>(pytorch, 2, 1e-5, thorax::cpu{1}, kind);
  check_ends_of_blocks<tiny_network>(keras, 2, 1.001e-5, thorax::cpu{1}, kind);
  check_model<tiny_network>(pytorch, 2, 1e-5, thorax::reference{}, kind);
  check_model<tiny_network>(keras, 2, 1.001e-5, thorax::reference{}, kind);
  // They differ by far more than what is tolerated: an exchanged epsilon would not pass.
  const golden_record& one = pytorch["0/features.denseblock4"];
  const golden_record& other = keras["0/features.denseblock4"];
  double apart = 0;
  for (std::size_t i = 0; i < one.numbers.size(); ++i)
    apart = std::max(apart, std::abs(one.numbers[i] - other.numbers[i]));
  CHECK(apart > 10 * activations * one.largest);
}

TEST_CASE("the tiny model answers with PyTorch's numbers in every configuration", "[golden]")
{
  check_configurations<tiny_network>(golden_file{"tiny_inference.txt"}, 2, 1e-5);
}

TEST_CASE("DenseNet201 at 64x64 makes PyTorch's numbers at the end of every block, on every backend", "[golden][slow]")
{
  const golden_file expected{"densenet201_64.txt"};
  for (const cpu_choice& choice : cpu_choices()) {
    INFO(choice.name());
    check_ends_of_blocks<thorax::chest_network_at<64>>(expected, 1, 1e-5, chosen_cpu{1, choice});
  }
  check_ends_of_blocks<thorax::chest_network_at<64>>(expected, 1, 1e-5, thorax::reference{});
}

TEST_CASE("DenseNet201 at 224x224 makes PyTorch's numbers at the end of every block", "[golden][slow]")
{
  const golden_file expected{"densenet201_224.txt"};
  for (const cpu_choice& choice : cpu_choices()) {
    INFO(choice.name());
    check_ends_of_blocks<thorax::chest_network_at<224>>(expected, 2, 1e-5, chosen_cpu{2, choice});
  }
}

TEST_CASE("DenseNet201 at 300x300 makes PyTorch's numbers at the end of every block", "[golden][slow]")
{
  const golden_file expected{"densenet201_300.txt"};
  for (const cpu_choice& choice : cpu_choices()) {
    INFO(choice.name());
    check_ends_of_blocks<thorax::chest_network>(expected, 1, 1.001e-5, chosen_cpu{2, choice});
  }
}

TEST_CASE("DenseNet201 at 224x224 answers with PyTorch's numbers in every configuration", "[golden][slow]")
{
  check_configurations<thorax::chest_network_at<224>>(golden_file{"densenet201_224.txt"}, 2, 1e-5);
}

TEST_CASE("DenseNet201 at 300x300 answers with PyTorch's numbers in every configuration", "[golden][slow]")
{
  check_configurations<thorax::chest_network>(golden_file{"densenet201_300.txt"}, 1, 1.001e-5);
}
