// SPDX-License-Identifier: MIT

#include <thorax/model/model.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/network_in_double.hpp"
#include "support/random_weights.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::error_code;
using thorax::reference;
using thorax::scores;

namespace {

struct two_findings : thorax::chest_classifier<tiny_features, 64, 2> {};
struct larger_films : thorax::chest_classifier<tiny_features, 96> {};
struct other_features : tiny_features {
  static constexpr std::string_view chest_architecture = "other";
};
struct other_network : thorax::chest_classifier<other_features, 64> {};

// A network that ends without softmax, for films of one channel.
struct bare_network : thorax::network<thorax::input<1, 8, 8>, thorax::conv2d<4, thorax::kernel<3>>, thorax::batch_norm,
                                      thorax::relu, thorax::global_average_pool, thorax::linear<5>> {};

thorax::image random_film(std::uint64_t seed, int height = 90, int width = 70)
{
  thorax::image film{height, width, 1};
  const thorax::random_stream stream{seed};
  for (std::size_t i = 0; i < film.samples.size(); ++i) film.samples[i] = static_cast<std::uint8_t>(stream.below(i, 256));
  return film;
}

thorax::batch random_batch(std::size_t count, std::uint64_t seed)
{
  thorax::batch samples({count, 3, 64, 64});
  const std::vector<float> pixels = random_pixels(samples.size(), seed);
  std::copy(pixels.begin(), pixels.end(), samples.begin());
  return samples;
}

thorax::tensor sample_of(const thorax::batch& samples, std::size_t n)
{
  thorax::tensor one({3, 64, 64});
  std::copy_n(samples.data() + n * one.size(), one.size(), one.data());
  return one;
}

template<class Table>
std::vector<float> numbers_of(const Table& table)
{
  return {table.begin(), table.end()};
}

double apart(const std::vector<float>& found, const std::vector<float>& expected)
{
  return thorax::distance_between<float, float>(found, expected).absolute;
}

// The tensors of a network with random weights, as a file would hold them.
std::vector<thorax::named_tensor> tensors_of(const thorax::plan_view& plan, const std::vector<float>& numbers)
{
  std::vector<thorax::named_tensor> tensors;
  for (const thorax::parameter& each : plan.parameters)
    tensors.push_back({name_of(plan, each), thorax::detail::shape_of(each), {numbers.data() + each.offset, each.size()}});
  return tensors;
}

}  // namespace

TEST_CASE("films in a batch say bit for bit what each says alone, side by side or cut across threads", "[model]")
{
  const thorax::batch all = random_batch(5, 5);
  std::vector<scores> alone;
  const auto one = random_model<tiny_network>(cpu{1});
  for (std::size_t n = 0; n < 5; ++n) alone.push_back(one(sample_of(all, n)));
  for (const int threads : {1, 2, 3}) {
    const auto net = random_model<tiny_network>(cpu{threads});
    for (std::size_t count = 1; count <= 5; ++count) {
      INFO(count << " films on " << threads << " threads");
      thorax::batch films({count, 3, 64, 64});
      std::copy_n(all.begin(), films.size(), films.begin());
      const scores said = net(films);
      CHECK(said.logits.shape(0) == count);
      CHECK(said.logits.shape(1) == 3);
      for (std::size_t n = 0; n < count; ++n)
        for (std::size_t finding = 0; finding < 3; ++finding) {
          CHECK(said.logits(n, finding) == alone[n].logits(0, finding));
          CHECK(said.probabilities(n, finding) == alone[n].probabilities(0, finding));
        }
    }
  }
  CHECK(one(random_batch(0, 5)).logits.size() == 0);
}

TEST_CASE("samples stay where they were put, and are read wherever they are", "[model]")
{
  const auto net = random_model<tiny_network>(cpu{2});
  const thorax::batch films = random_batch(3, 6);
  thorax::workspace space;
  const thorax::view<float> in = net.input_of(space, 3);
  CHECK(in.samples == 3);
  CHECK(in.shape == net.input());
  std::copy(films.begin(), films.end(), in.data);
  const auto first = net.run(space, 3).first;
  const std::vector<float> logits(first.data, first.data + 9);
  CHECK(std::equal(films.begin(), films.end(), net.input_of(space, 3).data));
  const auto again = net.run(space, 3).first;
  CHECK(std::equal(logits.begin(), logits.end(), again.data));
  const auto from_elsewhere = net.run(space, thorax::view<const float>::packed(films.data(), 3, net.input())).first;
  CHECK(std::equal(logits.begin(), logits.end(), from_elsewhere.data));
  const auto alone = net.run_alone(space, thorax::view<const float>::packed(films.data(), 3, net.input())).first;
  CHECK(std::equal(logits.begin(), logits.end(), alone.data));
}

TEST_CASE("a temperature in the weights changes probabilities, and neither logits nor answers", "[model]")
{
  const auto network = thorax::blueprint_of<tiny_network>();
  const std::vector<float> numbers = random_weights(network->predicting, 3);
  const auto model_at = [&](double temperature) {
    thorax::weights_metadata metadata = metadata_of(*network);
    metadata.temperature = thorax::softmax_temperature{temperature, "films", 3, ""};
    return thorax::any_model<cpu>{
      network, std::make_shared<const thorax::network_weights>(network->predicting, numbers, metadata), cpu{2}};
  };
  const auto plain = random_model<tiny_network>(cpu{2}, 3);
  const thorax::batch films = random_batch(3, 8);
  CHECK(plain.temperature() == 1);
  for (const double temperature : {0.5, 1.0, 2.0}) {
    const auto net = model_at(temperature);
    const scores said = net(films), before = plain(films);
    CHECK(net.temperature() == temperature);
    CHECK(numbers_of(said.logits) == numbers_of(before.logits));
    for (std::size_t n = 0; n < 3; ++n) {
      const std::vector<float> logits(&said.logits(n, 0), &said.logits(n, 0) + 3),
        expected = thorax::softmax_at(logits, temperature);
      for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(said.probabilities(n, k) - expected[k]) < 1e-6F);
    }
    const thorax::image film = random_film(9);
    CHECK(net.predict(film).index == plain.predict(film).index);
    if (temperature > 1) CHECK(net.predict(film).probability < plain.predict(film).probability);
  }
}

TEST_CASE("a temperature of a network without a softmax is refused", "[model]")
{
  const auto network = thorax::blueprint_of<bare_network>();
  thorax::weights_metadata metadata;
  metadata.temperature = thorax::softmax_temperature{2, "films", 3, ""};
  const auto weights =
    std::make_shared<const thorax::network_weights>(network->predicting, random_weights(network->predicting, 1), metadata);
  CHECK(refuses(error_code::does_not_fit, "does not end with a softmax",
                [&] { thorax::any_model<cpu>{network, weights, cpu{1}}; }));
}

TEST_CASE("backends agree with each other and with the ops as written", "[model]")
{
  const auto net = random_model<tiny_network>(reference{});
  const thorax::batch samples = random_batch(3, 7);
  const scores said = net(samples);
  CHECK(apart(numbers_of(random_model<tiny_network>(cpu{1})(samples).logits), numbers_of(said.logits)) < 1e-4);

  const thorax::draft& written = net.network().written;
  network_in_double exact{written, random_weights(net.plan(), 1)};
  exact.run({samples.data(), samples.size()}, 3);
  const std::vector<double> logits = exact.numbers(written.logits);
  const std::vector<double> probabilities = exact.numbers(written.output);
  CHECK(thorax::distance_between<float, double>(numbers_of(said.logits), logits).absolute < 1e-5);
  CHECK(thorax::distance_between<float, double>(numbers_of(said.probabilities), probabilities).absolute < 1e-6);
  CHECK(std::abs(xt::sum(said.probabilities)() - 3) < 1e-5F);
}

TEST_CASE("a film's verdict is what the network says about its preprocessed pixels", "[model]")
{
  const auto net = random_model<tiny_network>(cpu{1});
  const thorax::image film = random_film(8);
  thorax::tensor seen({3, 64, 64});
  thorax::preprocess(film, net.metadata().preprocessing,
                     thorax::view<float>::packed(seen.data(), 1, thorax::extents_of(seen)));
  CHECK(numbers_of(net.seen(film)) == numbers_of(seen));
  const scores said = net(seen);
  const thorax::verdict verdict = net.predict(film);
  CHECK(verdict.probability == said.probabilities(0, static_cast<std::size_t>(verdict.index)));
  CHECK(verdict.probability == *std::max_element(said.probabilities.begin(), said.probabilities.end()));
  CHECK(verdict.finding ==
        std::vector<std::string>{"BACTERIAL", "NORMAL", "VIRAL"}[static_cast<std::size_t>(verdict.index)]);
}

TEST_CASE("nothing is allocated after the first prediction", "[model]")
{
  const auto check = [](const auto& net) {
    const thorax::image film = random_film(9);
    net.predict(film);
    CHECK(allocations_of([&] { net.predict(film); }) == 0);
    thorax::workspace space;
    CHECK(allocations_of([&] { net.predict(film, space); }) > 0);  // so counting works
    CHECK(allocations_of([&] { net.predict(film, space); }) == 0);
    net.input_of(space, 8);
    net.run(space, 8);
    CHECK(allocations_of([&] {
            for (const int samples : {8, 3, 1, 8}) {
              net.input_of(space, samples);
              net.run(space, samples);
            }
          }) == 0);
  };
  check(random_model<tiny_network>(reference{}));
  check(random_model<tiny_network>(cpu{1}));
  check(random_model<tiny_network>(cpu{3}));
}

TEST_CASE("giving a workspace back never allocates", "[model]")
{
  thorax::idle_workspaces idle;
  std::vector<std::unique_ptr<thorax::workspace>> lent;
  for (int i = 0; i < 5; ++i) lent.push_back(idle.borrow());
  for (auto& each : lent) CHECK(allocations_of([&] { idle.give_back(std::move(each)); }) == 0);
}

TEST_CASE("findings without names cost nothing either", "[model]")
{
  const auto network = thorax::blueprint_of<tiny_network>();
  const thorax::any_model<cpu> net{
    network, std::make_shared<thorax::network_weights>(network->predicting, random_weights(network->predicting, 1),
                                                       thorax::weights_metadata{}),
    cpu{1}};
  CHECK(net.findings() == std::vector<std::string>{"finding 0", "finding 1", "finding 2"});
  const thorax::image film = random_film(9);
  CHECK(net.predict(film).finding == net.findings()[static_cast<std::size_t>(net.predict(film).index)]);
  CHECK(allocations_of([&] { net.predict(film); }) == 0);
}

TEST_CASE("eight threads may ask one model at once", "[model]")
{
  const auto net = random_model<tiny_network>(cpu{2});
  constexpr std::size_t askers = 8;
  std::vector<thorax::image> films;
  std::vector<float> alone;
  for (std::size_t i = 0; i < askers; ++i) {
    films.push_back(random_film(20 + i));
    alone.push_back(net.predict(films[i]).probability);
  }
  std::vector<int> wrong(askers);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < askers; ++i)
    threads.emplace_back([&, i] {
      for (int turn = 0; turn < 4; ++turn)
        if (net.predict(films[i]).probability != alone[i]) ++wrong[i];
    });
  for (std::thread& each : threads) each.join();
  CHECK(wrong == std::vector<int>(askers, 0));
}

TEST_CASE("a model outlives the one it was copied from", "[model]")
{
  auto first = std::make_unique<thorax::model<tiny_network, cpu>>(random_model<tiny_network>(cpu{2}));
  const thorax::image film = random_film(10);
  const thorax::verdict before = first->predict(film);
  const thorax::any_model<cpu> copy = *first;
  first.reset();
  CHECK(copy.predict(film).probability == before.probability);
}

TEST_CASE("a network without softmax gives its last numbers as both", "[model]")
{
  const auto network = thorax::blueprint_of<bare_network>();
  const thorax::any_model<reference> net{
    network, std::make_shared<thorax::network_weights>(network->predicting, random_weights(network->predicting, 1),
                                                       thorax::weights_metadata{}),
    reference{}};
  thorax::tensor sample({1, 8, 8});
  const std::vector<float> pixels = random_pixels(sample.size(), 2);
  std::copy(pixels.begin(), pixels.end(), sample.begin());
  const scores said = net(sample);
  CHECK(said.logits.shape(1) == 5);
  CHECK(numbers_of(said.logits) == numbers_of(said.probabilities));
  CHECK(net.findings().size() == 5);
}

TEST_CASE("a network planned at run time takes films of its own size", "[model]")
{
  const auto network = thorax::blueprint_of<tiny_network>({3, 40, 72});
  const std::vector<float> parameters = random_weights(network->predicting, 3);
  const thorax::any_model<cpu> net{
    network, std::make_shared<thorax::network_weights>(network->predicting, parameters, thorax::weights_metadata{}),
    cpu{1}};
  thorax::tensor sample({3, 40, 72});
  const std::vector<float> pixels = random_pixels(sample.size(), 4);
  std::copy(pixels.begin(), pixels.end(), sample.begin());
  network_in_double exact{network->written, parameters};
  exact.run(pixels, 1);
  const std::vector<double> logits = exact.numbers(network->written.logits);
  CHECK(thorax::distance_between<float, double>(numbers_of(net(sample).logits), logits).absolute < 1e-4);
}

TEST_CASE("the epsilon of a weights file is that of the backbone's norms, not of the head's", "[model]")
{
  const auto network = thorax::blueprint_of<tiny_network>();
  const std::vector<float> parameters = random_weights(network->predicting, 1);
  thorax::weights_metadata metadata = metadata_of(*network);
  metadata.batch_norm_epsilon = 0.25;
  const thorax::any_model<reference> net{
    network, std::make_shared<thorax::network_weights>(network->predicting, parameters, metadata), reference{}};
  int changed = 0;
  for (const thorax::norm& rule : net.norms()) changed += rule.epsilon == 0.25 ? 1 : 0;
  CHECK(changed == static_cast<int>(net.norms().size()) - 1);
  CHECK(net.norms().back().epsilon == 1e-3);

  const thorax::batch sample = random_batch(1, 12);
  network_in_double exact{network->written, parameters, 0.25};
  exact.run({sample.data(), sample.size()}, 1);
  const std::vector<double> logits = exact.numbers(network->written.logits);
  CHECK(thorax::distance_between<float, double>(numbers_of(net(sample).logits), logits).absolute < 1e-5);
  CHECK(apart(numbers_of(net(sample).logits), numbers_of(random_model<tiny_network>(reference{})(sample).logits)) > 1e-3);
}

TEST_CASE("samples of other extents and other numbers of findings are refused", "[model]")
{
  const auto net = random_model<tiny_network>(reference{});
  CHECK(refuses(error_code::does_not_fit, "input is 3x64x64, found samples of 3x64x65",
                [&] { static_cast<void>(net(thorax::tensor({3, 64, 65}))); }));
  CHECK(refuses(error_code::does_not_fit, "input is 3x64x64, found samples of 1x64x64",
                [&] { static_cast<void>(net(thorax::batch({2, 1, 64, 64}))); }));
  const auto network = thorax::blueprint_of<tiny_network>();
  thorax::weights_metadata metadata = metadata_of(*network);
  metadata.findings = {"yes", "no"};
  const auto weights = std::make_shared<thorax::network_weights>(
    network->predicting, random_weights(network->predicting, 1), metadata);
  CHECK(refuses(error_code::does_not_fit, "ends with 3 numbers, the weights name 2 findings",
                [&] { thorax::any_model<reference>(network, weights, reference{}); }));
}

TEST_CASE("a model says nothing about a film when its weights are no numbers", "[model]")
{
  const auto network = thorax::blueprint_of<tiny_network>();
  std::vector<float> parameters = random_weights(network->predicting, 1);
  parameters[10] = std::numeric_limits<float>::quiet_NaN();
  const thorax::any_model<cpu> net{
    network, std::make_shared<thorax::network_weights>(network->predicting, parameters, metadata_of(*network)), cpu{1}};
  CHECK(refuses(error_code::number_not_finite, "not a number", [&] { net.predict(random_film(1)); }));
}

TEST_CASE("a file is read for the network it was made for, and says what the model in memory says", "[model]")
{
  const temporary_folder folder;
  const auto network = thorax::blueprint_of<tiny_network>();
  const std::vector<float> parameters = random_weights(network->predicting, 1);
  thorax::write_weights(folder / "tiny", metadata_of(*network), tensors_of(network->predicting, parameters));

  const auto net = thorax::read_model<tiny_network>(folder / "tiny", cpu{1});
  const thorax::any_model<cpu> any = thorax::read_model(network, thorax::weights_file{folder / "tiny"}, cpu{1});
  const thorax::batch samples = random_batch(2, 13);
  const std::vector<float> expected = numbers_of(random_model<tiny_network>(cpu{1})(samples).logits);
  CHECK(numbers_of(net(samples).logits) == expected);
  CHECK(numbers_of(any(samples).logits) == expected);
  CHECK(net.weights().has_checksum());
  CHECK(net.metadata().findings == std::vector<std::string>{"BACTERIAL", "NORMAL", "VIRAL"});
}

TEST_CASE("a file is refused for another network, another input and another number of findings", "[model]")
{
  const temporary_folder folder;
  const auto network = thorax::blueprint_of<tiny_network>();
  const std::vector<float> parameters = random_weights(network->predicting, 1);
  const auto tensors = tensors_of(network->predicting, parameters);
  thorax::weights_metadata metadata = metadata_of(*network);
  thorax::write_weights(folder / "tiny", metadata, tensors);
  const std::string name = "'" + (folder / "tiny").string() + "'";
  CHECK(refuses(error_code::does_not_fit, name + ": holds weights of tiny, expected other",
                [&] { thorax::read_model<other_network>(folder / "tiny", reference{}); }));
  CHECK(refuses(error_code::does_not_fit, name + ": made for an input of 3x64x64, expected 3x96x96",
                [&] { thorax::read_model<larger_films>(folder / "tiny", reference{}); }));
  CHECK(refuses(error_code::does_not_fit, "'classifier.linear2.weight': expected 2x512, found 3x512",
                [&] { thorax::read_model<two_findings>(folder / "tiny", reference{}); }));
  CHECK(refuses(error_code::does_not_fit, "expected 3x96x96", [&] {
    thorax::read_model(thorax::blueprint_of<tiny_network>({3, 96, 96}), thorax::weights_file{folder / "tiny"}, reference{});
  }));
  CHECK(refuses(error_code::file_unreadable, "none",
                [&] { thorax::read_model<tiny_network>(folder / "none", reference{}); }));

  metadata.findings = {"yes", "no"};
  thorax::write_weights(folder / "two", metadata, tensors);
  CHECK(refuses(error_code::does_not_fit, "the weights name 2 findings",
                [&] { thorax::read_model<tiny_network>(folder / "two", reference{}); }));
}
