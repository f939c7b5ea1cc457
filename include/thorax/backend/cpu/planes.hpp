// SPDX-License-Identifier: MIT
//
// planes: how the cpu kernels share maps out among threads, and what they do to one channel's pixels.
// Shares depend on extents alone, never on the number of threads, so neither does any result.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/tensor/extents.hpp>           // extents

#include <algorithm>  // clamp, min
#include <cstddef>    // ptrdiff_t, size_t
#include <limits>     // infinity

namespace thorax {

/// returns:  the size of equal shares of `whole`, none larger than `most`; the last may be smaller
constexpr int even_share(int whole, int most)
{
  const int shares = (whole + most - 1) / most;
  return shares <= 1 ? whole : (whole + shares - 1) / shares;
}

/// returns:  how many shares of that size there are
constexpr int shares_of(int whole, int share) { return share < 1 ? 0 : (whole + share - 1) / share; }

/// Calls `work(n, c)` for every channel of every sample; a task is a block of neighboring channels.
template<class Work>
void for_each_plane(const workers& w, int samples, const extents& shape, Work&& work)
{
  constexpr std::size_t numbers_together = 16384;  // some microseconds: far more than claiming a task costs
  const auto together = static_cast<int>(std::clamp<std::size_t>(
    numbers_together / std::max<std::size_t>(shape.pixels(), 1), 1, static_cast<std::size_t>(shape.channels) + 1));
  const int blocks = shares_of(shape.channels, together);
  w.run(samples * blocks, [&](int task, int) {
    const int first = task % blocks * together;
    const int last = std::min(first + together, shape.channels);
    for (int c = first; c < last; ++c) work(task / blocks, c);
  });
}

/// Calls `work(c)` for every channel: for sums over all samples, which one thread must form.
template<class Work>
void for_each_channel(const workers& w, int samples, const extents& shape, Work&& work)
{
  const extents stacked{shape.channels, shape.height * samples, shape.width};
  for_each_plane(w, 1, stacked, [&](int, int c) { work(c); });
}

/// The rule of one channel, without branches and without memory, so that loops over pixels vectorize.
class channel_rule {
public:
  channel_rule(const activation_rule<float>& rule, int c)
    : scale_{rule.scale == nullptr ? 1.0F : rule.scale[c]}, shift_{rule.shift == nullptr ? 0.0F : rule.shift[c]},
      floor_{rule.relu ? 0.0F : -std::numeric_limits<float>::infinity()}
  {
  }

  [[nodiscard]] float operator()(float x) const
  {
    const float y = x * scale_ + shift_;
    return y < floor_ ? floor_ : y;  // a NaN stays one and is noticed
  }

private:
  float scale_;
  float shift_;
  float floor_;
};

/// result[i] = rule(numbers[i], c) for one channel's pixels; they may be the same memory
inline void activate_row(const activation_rule<float>& rule, int c, const float* numbers, std::ptrdiff_t count,
                         float* result)
{
  const channel_rule activate{rule, c};
  for (std::ptrdiff_t i = 0; i < count; ++i) result[i] = activate(numbers[i]);
}

/// returns:  Σ over i < count of term(i), in eight interleaved sums of doubles: in vectors, and the same always
template<class Term>
double sum_of(std::ptrdiff_t count, Term&& term)
{
  constexpr int lanes = 8;
  double sums[lanes]{};
  std::ptrdiff_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int lane = 0; lane < lanes; ++lane) sums[lane] += static_cast<double>(term(i + lane));
  for (; i < count; ++i) sums[i % lanes] += static_cast<double>(term(i));
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace thorax
