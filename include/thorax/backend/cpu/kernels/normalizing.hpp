// SPDX-License-Identifier: MIT
//
// normalizing: the gradient through a batch norm, in the two parts of backend/norm_gradient.hpp: scale · dy with its sums,
// from planes or from pixels, and the lines.

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, load_some, store_some
#include <thorax/backend/cpu/kernels/interleaving.hpp>  // square
#include <thorax/backend/cpu/kernels/tasks.hpp>  // norm_task, norm_separation_task, line_task

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

namespace detail {

template<class Set>
[[gnu::always_inline]] inline void add(const vec<Set>& numbers, float* to, int count)
{
  store_some<Set>(to, load_some<Set>(to, count) + numbers, count);
}

/// Sums of floats, by lane; for stretches short enough for them to lose nothing that counts.
template<class Set>
struct lane_sums {
  vec<Set> arriving{broadcast<Set>(0.0F)};
  vec<Set> leaning{broadcast<Set>(0.0F)};

  void add_to(norm_sums& sums) const
  {
    float some[vec<Set>::size];
    float more[vec<Set>::size];
    store<Set>(some, arriving);
    store<Set>(more, leaning);
    for (int lane = 0; lane < lanes<Set>; ++lane) {
      sums.arriving += static_cast<double>(some[lane]);
      sums.leaning += static_cast<double>(more[lane]);
    }
  }
};

/// One channel's norm, and its ReLU.
template<class Set, bool Relu>
class carrier {
public:
  explicit carrier(const norm_channel& channel)
    : mean_{broadcast<Set>(channel.mean)}, scale_{broadcast<Set>(channel.scale)},
      shift_{broadcast<Set>(channel.shift)}
  {
  }

  /// returns:  scale · dy, having added dy to the sums
  [[gnu::always_inline]] vec<Set> operator()(const vec<Set>& x, const vec<Set>& d, lane_sums<Set>& sums) const
  {
    const vec<Set> zero = broadcast<Set>(0.0F);
    const vec<Set> dy = Relu ? vec<Set>{xsimd::select(xsimd::fma(scale_, x, shift_) > zero, d, zero)} : d;
    sums.arriving += dy;
    sums.leaning = xsimd::fma(dy, x - mean_, sums.leaning);
    return scale_ * dy;
  }

private:
  vec<Set> mean_;
  vec<Set> scale_;
  vec<Set> shift_;
};

template<class Set, bool Relu>
norm_sums carry(const norm_task& task)
{
  constexpr int wide = lanes<Set>;
  constexpr int stretch = 512;
  const carrier<Set, Relu> through{task.channel};
  norm_sums found;
  for (int begin = 0; begin < task.count; begin += stretch) {
    const int end = begin + stretch < task.count ? begin + stretch : task.count;
    lane_sums<Set> sums;
    for (int i = begin; i < end; i += wide) {
      const int left = end - i;
      const vec<Set> made = through(load_some<Set>(task.in + i, left), load_some<Set>(task.arriving + i, left), sums);
      if (task.d_in != nullptr) add<Set>(made, task.d_in + i, left);
    }
    sums.add_to(found);
  }
  return found;
}

/// Sixteen channels, say: as many streams as can be fetched ahead.
template<class Set, bool Relu>
void separate_channels_through(const norm_separation_task& task, int c)
{
  constexpr int side = lanes<Set>;
  const int channels = task.channels - c < side ? task.channels - c : side;
  lane_sums<Set> sums[vec<Set>::size];
  square<Set> block;
  const float* from = task.pixels + c;
  for (int p = task.first; p < task.last; p += side, from += side * task.stride) {
    const int left = task.last - p;
    const std::ptrdiff_t offset = c * task.plane + p;
    const auto carry_row = [&](int i, int count) __attribute__((always_inline))
    {
      const std::ptrdiff_t row = offset + i * task.plane;
      const carrier<Set, Relu> through{{task.means[c + i], task.scales[c + i], task.shifts[c + i], Relu}};
      const vec<Set> made = through(load_some<Set>(task.in + row, count), block.rows[i], sums[i]);
      if (task.d_in != nullptr) add<Set>(made, task.d_in + row, count);
    };
    if (channels == side && left >= side) {
      unrolled<side>([&](int i)
                       __attribute__((always_inline)) { block.rows[i] = load<Set>(from + i * task.stride); });
      block.transpose();
      unrolled<side>([&](int i) __attribute__((always_inline)) { carry_row(i, side); });
    }
    else {
      for (int i = 0; i < side; ++i)
        block.rows[i] = i < left ? load_some<Set>(from + i * task.stride, channels) : broadcast<Set>(0.0F);
      block.transpose();
      for (int i = 0; i < channels; ++i) carry_row(i, left);
    }
  }
  for (int i = 0; i < channels; ++i) sums[i].add_to(task.sums[c + i]);
}

}  // namespace detail

/// d_in += scale · dy, if it is wanted, where dy is what arrives, or 0 where a ReLU cuts.
///
/// returns:  Σ dy and Σ dy · (in − mean) over the pixels of one channel of one film
template<class Set>
norm_sums carry_through_norm(const norm_task& task)
{
  return task.channel.relu ? detail::carry<Set, true>(task) : detail::carry<Set, false>(task);
}

/// The same for all channels of pixels [first, last), which should be few hundreds: their sums are of floats.
template<class Set>
void separate_through_norm(const norm_separation_task& task)
{
  for (int c = 0; c < task.channels; c += lanes<Set>)
    task.relu ? detail::separate_channels_through<Set, true>(task, c)
              : detail::separate_channels_through<Set, false>(task, c);
}

/// d_in += offset + lean · (in − mean)
template<class Set>
void add_line(const line_task& task)
{
  const vec<Set> mean = broadcast<Set>(task.mean);
  const vec<Set> offset = broadcast<Set>(task.offset);
  const vec<Set> lean = broadcast<Set>(task.lean);
  for (int i = 0; i < task.count; i += lanes<Set>) {
    const int left = task.count - i;
    detail::add<Set>(xsimd::fma(lean, load_some<Set>(task.in + i, left) - mean, offset), task.d_in + i, left);
  }
}

}  // namespace thorax::kernels
