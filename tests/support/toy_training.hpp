// SPDX-License-Identifier: MIT
//
// toy_training: films in memory that a tiny network can learn, and what a training run needs to be compared with
// another bit for bit.

#pragma once

#include <thorax/base/random.hpp>            // random_stream
#include <thorax/data/sample.hpp>            // labeled_batch
#include <thorax/data/shuffled.hpp>          // shuffled
#include <thorax/model/initial_weights.hpp>  // fill_initial
#include <thorax/train/history.hpp>          // epoch_record, validation
#include <thorax/train/trainer.hpp>          // trainer

#include "support/tiny_network.hpp"

#include <algorithm>  // copy_n, max_element
#include <cmath>      // exp, log, sin
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <cstring>    // memcmp
#include <span>
#include <utility>  // move
#include <vector>

namespace thorax::tests {

/// returns:  films of 64 x 64 pixels, number i with finding i % 3: waves that run down, across or aslant, each with
///           a phase of its own, under noise of half their height
inline labeled_batch toy_films(std::uint64_t seed, int count)
{
  constexpr int size = 64;
  constexpr double down[] = {1, 0, 0.7}, across[] = {0, 1, 0.7};
  labeled_batch films{batch::from_shape({static_cast<std::size_t>(count), 3, size, size}), {}, {}};
  float* next = films.pixels.data();
  for (int n = 0; n < count; ++n) {
    const random_stream lots = random_stream{seed} / static_cast<std::uint64_t>(n);
    const int finding = n % 3;
    const double phase = 6 * (lots / 1).uniform(0);
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) {
          const auto pixel = static_cast<std::uint64_t>((c * size + y) * size + x);
          const double wave = std::sin(0.9 * (down[finding] * y + across[finding] * x) + phase);
          *next++ = static_cast<float>(wave + (lots / 2).uniform(pixel, -0.5, 0.5));
        }
    films.findings.push_back(finding);
    films.indices.push_back(static_cast<std::size_t>(n));
  }
  return films;
}

/// returns:  some films out of others, in this order
inline labeled_batch picked(const labeled_batch& from, std::span<const std::size_t> order)
{
  const std::size_t size = from.pixels.size() / from.findings.size();
  const auto& shape = from.pixels.shape();
  labeled_batch some{batch::from_shape({order.size(), shape[1], shape[2], shape[3]}), {}, {}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::copy_n(from.pixels.data() + order[i] * size, size, some.pixels.data() + i * size);
    some.findings.push_back(from.findings[order[i]]);
    some.indices.push_back(from.indices[order[i]]);
  }
  return some;
}

/// The batches of one epoch, made before they are asked for.
class toy_epoch {
public:
  toy_epoch(std::vector<labeled_batch> batches, int skipped) : batches_{std::move(batches)}, next_{skipped} {}

  [[nodiscard]] int batches() const { return static_cast<int>(batches_.size()); }
  const labeled_batch* next()
  {
    return next_ < batches() ? &batches_[static_cast<std::size_t>(next_++)] : nullptr;
  }

private:
  std::vector<labeled_batch> batches_;
  int next_;
};

/// Opens epochs over films in memory, in a fresh order each.
struct toy_epochs {
  labeled_batch films;
  int batch_size{4};

  toy_epoch operator()(int epoch, int skipped) const
  {
    std::vector<labeled_batch> batches;
    std::span<const std::size_t> rest;
    const std::vector<std::size_t> order = shuffled(films.findings.size(), 3, epoch);
    for (rest = order; !rest.empty();) {
      const std::size_t count = std::min(static_cast<std::size_t>(batch_size), rest.size());
      batches.push_back(picked(films, rest.first(count)));
      rest = rest.subspan(count);
    }
    return {std::move(batches), skipped};
  }
};

/// returns:  a tiny network at its beginning, about to be trained
template<backend Backend>
trainer<Backend> tiny_trainer(Backend chosen, std::uint64_t seed = 5)
{
  const auto network = blueprint_of<tiny_network>();
  std::vector<float> numbers(network->written.parameter_floats);
  fill_initial(view_of(network->written), seed, numbers);
  return trainer<Backend>{network, std::move(numbers), 1e-5, chosen, seed};
}

/// returns:  what the definitions say of some logits: the mean of −log softmax at the finding, and how often the
///           finding's logit is the largest
inline validation judged(const scores& said, std::span<const int> findings)
{
  validation mean;
  const std::size_t outputs = said.logits.shape(1);
  for (std::size_t n = 0; n < findings.size(); ++n) {
    double total = 0;
    for (std::size_t k = 0; k < outputs; ++k) total += std::exp(double{said.logits(n, k)});
    mean.loss += std::log(total) - double{said.logits(n, static_cast<std::size_t>(findings[n]))};
    const float* row = said.logits.data() + n * outputs;
    mean.accuracy += std::max_element(row, row + outputs) - row == findings[n] ? 1 : 0;
  }
  const auto count = static_cast<double>(findings.size());
  return {mean.loss / count, mean.accuracy / count};
}

inline bool same_bits(std::span<const float> one, std::span<const float> other)
{
  return one.size() == other.size() && std::memcmp(one.data(), other.data(), one.size_bytes()) == 0;
}

/// returns:  the history without what a clock has measured
inline std::vector<epoch_record> timeless(std::vector<epoch_record> history)
{
  for (epoch_record& each : history) each.seconds = 0;
  return history;
}

}  // namespace thorax::tests
