// SPDX-License-Identifier: MIT
//
// sums: two sums of doubles for each of many lines, a block a line. The order is always the same.

#pragma once

#include <thorax/backend/cuda/launch.cuh>  // for_each_block

#include <cstddef>  // size_t

namespace thorax {

/// store(line, sums) with sums = Σ over i < count of term(line, i).
template<class Term, class Store>
struct sums_body {
  static constexpr int lanes = 256;

  struct pair {
    double first;
    double second;
  };
  struct shared {
    pair of_lane[lanes];
  };

  Term term;
  Store store;
  std::size_t count;

  template<class Block>
  THORAX_DEVICE void operator()(const Block& block, shared& room) const
  {
    block.each_lane([&](int lane) {
      pair sum{0, 0};
      for (std::size_t i = static_cast<std::size_t>(lane); i < count; i += lanes) add(term(block.x, i), sum);
      room.of_lane[lane] = sum;
    });
    for (int half = lanes / 2; half > 0; half /= 2)
      block.each_lane([&](int lane) {
        if (lane < half) add(room.of_lane[lane + half], room.of_lane[lane]);
      });
    block.each_lane([&](int lane) {
      if (lane == 0) store(block.x, room.of_lane[0].first, room.of_lane[0].second);
    });
  }

private:
  template<class Numbers>
  THORAX_DEVICE static void add(const Numbers& some, pair& to)
  {
    to.first += some.first;
    to.second += some.second;
  }
};

/// What a term returns.
struct two_numbers {
  double first;
  double second{0};
};

template<class Term, class Store>
void sum_lines(int lines, std::size_t count, const Term& term, const Store& store)
{
  for_each_block({lines, 1, 1}, sums_body<Term, Store>{term, store, count});
}

}  // namespace thorax
