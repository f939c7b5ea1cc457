// SPDX-License-Identifier: MIT

#include <thorax/train/film_epochs.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>

#include "support/catch.hpp"
#include "support/random_weights.hpp"
#include "support/refuses.hpp"
#include "support/small_dataset.hpp"
#include "support/toy_training.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::error_code;
using thorax::film_epochs;
using thorax::film_source;
using thorax::labeled_batch;
using thorax::reference;

namespace {

std::vector<labeled_batch> batches_of(const film_epochs& epochs, int epoch, int skipped = 0)
{
  thorax::epoch_loader loader = epochs(epoch, skipped);
  std::vector<labeled_batch> all;
  while (const labeled_batch* next = loader.next()) all.push_back(*next);
  return all;
}

std::vector<std::size_t> order_of(const std::vector<labeled_batch>& batches)
{
  std::vector<std::size_t> order;
  for (const labeled_batch& each : batches) order.insert(order.end(), each.indices.begin(), each.indices.end());
  return order;
}

void check_same(const labeled_batch& one, const labeled_batch& other)
{
  CHECK(one.indices == other.indices);
  CHECK(one.findings == other.findings);
  CHECK(same_bits({one.pixels.data(), one.pixels.size()}, {other.pixels.data(), other.pixels.size()}));
}

}  // namespace

TEST_CASE("each epoch shows every film once, in a fresh order, the last batch as short as it comes", "[train]")
{
  const small_dataset some{22};
  const film_source source{some.films, {3, 8, 8}, {}};
  const film_epochs epochs{source, 4, 11};
  CHECK(epochs(0, 0).batches() == 6);
  std::set<std::vector<std::size_t>> orders{thorax::in_order(22)};
  for (int epoch = 0; epoch < 5; ++epoch) {
    const std::vector<labeled_batch> batches = batches_of(epochs, epoch);
    REQUIRE(batches.size() == 6);
    CHECK(batches[0].findings.size() == 4);
    CHECK(batches[5].findings.size() == 2);
    CHECK(batches[5].pixels.shape(0) == 2);
    const std::vector<std::size_t> order = order_of(batches);
    CHECK(std::set<std::size_t>(order.begin(), order.end()).size() == 22);
    CHECK(orders.insert(order).second);
    for (const labeled_batch& each : batches)
      for (std::size_t i = 0; i < each.indices.size(); ++i)
        CHECK(each.findings[i] == some.films.films[each.indices[i]].finding);
  }
  const film_epochs other_seed{source, 4, 12};
  CHECK(orders.insert(order_of(batches_of(other_seed, 0))).second);
}

TEST_CASE("an epoch's films are a pure function of seed and epoch: resumed, or made by more threads", "[train]")
{
  const small_dataset some{13};
  const film_source source{some.films, {3, 16, 16}, {}};
  const std::vector<labeled_batch> expected = batches_of({source, 3, 5}, 4);
  REQUIRE(expected.size() == 5);
  for (int threads = 1; threads <= 3; ++threads)
    for (int skipped = 0; skipped <= 5; ++skipped) {
      INFO(threads << " threads, " << skipped << " batches skipped");
      const film_source fresh{some.films, {3, 16, 16}, {}, 400};
      const std::vector<labeled_batch> found =
        batches_of({fresh, 3, 5, thorax::augmentation{}, threads}, 4, skipped);
      REQUIRE(found.size() == expected.size() - static_cast<std::size_t>(skipped));
      for (std::size_t i = 0; i < found.size(); ++i)
        check_same(found[i], expected[i + static_cast<std::size_t>(skipped)]);
    }
}

TEST_CASE("films change from epoch to epoch, or stay as they are when that is wanted", "[train]")
{
  const small_dataset some{4};
  const film_source source{some.films, {1, 16, 16}, {}};
  const auto pixels_of_film = [&](const film_epochs& epochs, int epoch, std::size_t film) {
    for (const labeled_batch& each : batches_of(epochs, epoch))
      if (each.indices[0] == film) return std::vector<float>(each.pixels.begin(), each.pixels.end());
    return std::vector<float>{};
  };
  const film_epochs changed{source, 1, 2};
  const film_epochs plain{source, 1, 2, std::nullopt};
  for (std::size_t film = 0; film < 4; ++film) {
    const thorax::tensor as_it_is = source.read(film).pixels;
    CHECK(same_bits(pixels_of_film(plain, 0, film), {as_it_is.data(), as_it_is.size()}));
    CHECK(same_bits(pixels_of_film(plain, 1, film), {as_it_is.data(), as_it_is.size()}));
    CHECK(pixels_of_film(changed, 0, film) != pixels_of_film(plain, 0, film));
    CHECK(pixels_of_film(changed, 0, film) != pixels_of_film(changed, 1, film));
  }
}

TEST_CASE("validation gives the mean cross-entropy and accuracy over films as they are", "[train]")
{
  const small_dataset some{11};
  const film_source source{some.films, {3, 64, 64}, {}};
  const auto net = random_model<tiny_network>(reference{}, 3);
  thorax::validation expected;
  for (std::size_t i = 0; i < 11; ++i) {
    const thorax::sample film = source.read(i);
    const int findings[] = {film.finding};
    const thorax::validation one = judged(net(film.pixels), findings);
    expected.loss += one.loss / 11;
    expected.accuracy += one.accuracy / 11;
  }
  INFO("loss " << expected.loss << ", accuracy " << expected.accuracy);
  CHECK(expected.accuracy > 0);
  CHECK(expected.accuracy < 1);
  for (const int batch_size : {1, 4, 11, 16}) {
    const thorax::validation found = validate_on(net, source, batch_size);
    CHECK(std::abs(found.loss - expected.loss) < 1e-6);
    CHECK(std::abs(found.accuracy - expected.accuracy) < 1e-12);
  }
  const thorax::validation quick = validate_on(random_model<tiny_network>(cpu{2}, 3), source, 4);
  CHECK(std::abs(quick.loss - expected.loss) < 1e-4);
}

TEST_CASE("what cannot be validated or shown is refused", "[train]")
{
  const small_dataset none{0};
  const film_source empty{none.films, {3, 64, 64}, {}};
  const auto net = random_model<tiny_network>(cpu{1});
  CHECK(refuses(error_code::does_not_fit, "no films to validate on", [&] { validate_on(net, empty); }));
  const film_epochs nothing{empty};
  CHECK(nothing(0, 0).batches() == 0);
  CHECK(nothing(0, 0).next() == nullptr);

  small_dataset some{5};
  some.films.films[4].finding = 3;
  const film_source stranger{some.films, {3, 64, 64}, {}};
  CHECK(refuses(error_code::does_not_fit, "finding", [&] { validate_on(net, stranger); }));
  const film_source small{some.films, {3, 32, 32}, {}};
  CHECK(refuses(error_code::does_not_fit, "preprocess them first", [&] { validate_on(net, small); }));
  CHECK(refuses(error_code::wrong_usage, "at least 1 film", [&] { validate_on(net, stranger, 0); }));
  const film_epochs no_thread{stranger, 4, 0, std::nullopt, 0};
  CHECK(refuses(error_code::wrong_usage, "1 thread", [&] { no_thread(0, 0); }));
}
