// SPDX-License-Identifier: MIT
//
// golden_sample: an input that any machine can make again, and what the network said to it. Weights that
// were exported, converted or loaded wrongly say something else.

#pragma once

#include <thorax/base/error.hpp>         // error
#include <thorax/base/random.hpp>        // random_stream
#include <thorax/model/json_writer.hpp>  // json_of

#include <cmath>    // abs
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <span>
#include <string>
#include <vector>

namespace thorax {

/// The input's seed, the logits it gave, and how far another backend's may lie from them.
struct golden_sample {
  std::uint64_t seed{};
  std::vector<float> logits;
  double tolerance{1e-4};  ///< largest absolute difference

  friend bool operator==(const golden_sample&, const golden_sample&) = default;
};

/// Fills a network's input (channels × height × width, after preprocessing) from a seed: number i is
/// uniform(i, -2, 2) of random_stream(seed), rounded to float. No library function is involved, so all
/// machines agree bit by bit.
inline void fill_golden_input(std::uint64_t seed, std::span<float> input)
{
  const random_stream numbers{seed};
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(numbers.uniform(i, -2.0, 2.0));
}

/// Compares what a network said to the golden input with what it should say; `name` begins the sentence.
///
/// throws:  error{does_not_fit} for another number of logits, or one farther away than the tolerance
inline void check_golden(const golden_sample& golden, std::span<const float> logits, const std::string& name)
{
  if (logits.size() != golden.logits.size())
    throw error{error_code::does_not_fit, name + ": its golden sample has " +
                                            std::to_string(golden.logits.size()) + " logits, the network gives " +
                                            std::to_string(logits.size())};
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double difference = std::abs(static_cast<double>(logits[i]) - static_cast<double>(golden.logits[i]));
    if (difference <= golden.tolerance) continue;  // written so that a NaN goes on
    throw error{error_code::does_not_fit, name + ": golden sample: logit " + std::to_string(i) + ": expected " +
                                            json_of(golden.logits[i]) + " within " + json_of(golden.tolerance) +
                                            ", found " + std::to_string(logits[i]) +
                                            "; were the weights exported for this network? If another backend "
                                            "accepts them, this machine computes wrongly"};
  }
}

}  // namespace thorax
