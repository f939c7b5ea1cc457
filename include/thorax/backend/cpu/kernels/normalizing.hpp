// SPDX-License-Identifier: MIT
//
// normalizing: the two walks over one channel's pixels that a batch norm's gradient takes: sums, and with them the
// gradient.

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, load_some, store_some
#include <thorax/backend/cpu/kernels/tasks.hpp>  // norm_task, norm_sums

namespace thorax::kernels {

namespace detail {

/// One channel's normalization: h = (x − mean) · slope, y = gamma · h + beta.
template<class Set>
struct normalized {
  vec<Set> mean;
  vec<Set> slope;
  vec<Set> gamma;
  vec<Set> beta;

  explicit normalized(const norm_task& task)
    : mean{broadcast<Set>(task.mean)}, slope{broadcast<Set>(task.slope)}, gamma{broadcast<Set>(task.gamma)},
      beta{broadcast<Set>(task.beta)}
  {
  }

  [[gnu::always_inline]] vec<Set> operator()(const vec<Set>& x) const { return (x - mean) * slope; }

  /// The gradient of y; 0 where the ReLU let nothing through.
  template<bool Relu>
  [[gnu::always_inline]] vec<Set> arriving(const vec<Set>& h, const vec<Set>& d) const
  {
    const vec<Set> zero = broadcast<Set>(0.0F);
    if constexpr (Relu) return xsimd::select(gamma * h + beta > zero, d, zero);
    else return d;
  }
};

template<class Set, bool Relu>
norm_sums sums_of(const norm_task& task)
{
  constexpr int wide = lanes<Set>;
  constexpr int stretch = 512;  // short enough for sums of floats to lose nothing that counts
  const normalized<Set> rule{task};
  norm_sums found;
  for (int begin = 0; begin < task.count; begin += stretch) {
    const int end = begin + stretch < task.count ? begin + stretch : task.count;
    vec<Set> arriving = broadcast<Set>(0.0F);
    vec<Set> product = arriving;
    const auto add = [&](const vec<Set>& x, const vec<Set>& d) __attribute__((always_inline))
    {
      const vec<Set> h = rule(x);
      const vec<Set> dy = rule.template arriving<Relu>(h, d);
      arriving += dy;
      product = xsimd::fma(dy, h, product);
    };
    int i = begin;
    for (; i + wide <= end; i += wide) add(load<Set>(task.in + i), load<Set>(task.arriving + i));
    if (i < end) add(load_some<Set>(task.in + i, end - i), load_some<Set>(task.arriving + i, end - i));
    float some[vec<Set>::size];
    float more[vec<Set>::size];
    store<Set>(some, arriving);
    store<Set>(more, product);
    for (int lane = 0; lane < wide; ++lane) {
      found.arriving += static_cast<double>(some[lane]);
      found.product += static_cast<double>(more[lane]);
    }
  }
  return found;
}

template<class Set, bool Relu>
void add_gradient(const norm_task& task)
{
  constexpr int wide = lanes<Set>;
  const normalized<Set> rule{task};
  const vec<Set> scale = rule.gamma * rule.slope;
  const vec<Set> mean = broadcast<Set>(task.mean_arriving);
  const vec<Set> lean = broadcast<Set>(task.mean_product);
  for (int i = 0; i < task.count; i += wide) {
    const int left = task.count - i;
    const vec<Set> h = rule(load_some<Set>(task.in + i, left));
    const vec<Set> dy = rule.template arriving<Relu>(h, load_some<Set>(task.arriving + i, left));
    store_some<Set>(task.d_in + i, load_some<Set>(task.d_in + i, left) + scale * (dy - mean - h * lean), left);
  }
}

}  // namespace detail

/// returns:  Σ dy and Σ dy · h over the pixels of one channel of one film
template<class Set>
norm_sums sum_norm(const norm_task& task)
{
  return task.relu ? detail::sums_of<Set, true>(task) : detail::sums_of<Set, false>(task);
}

/// d_in += gamma · slope · (dy − mean_arriving − h · mean_product)
template<class Set>
void add_norm_gradient(const norm_task& task)
{
  return task.relu ? detail::add_gradient<Set, true>(task) : detail::add_gradient<Set, false>(task);
}

}  // namespace thorax::kernels
