// SPDX-License-Identifier: MIT
//
// pixel_gradient: the gradient of the weights of a 1×1 convolution: outer products of what was read and what arrives, a
// few hundred pixels at a time. A task owns some channels of the input and visits all films, so no partial sums are left
// to add.

#pragma once

#include <thorax/backend/cpu/film_maps.hpp>  // interleave
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>  // chosen_kernels
#include <thorax/backend/cpu/kernels/tasks.hpp>  // outer_task, shares_within

#include <algorithm>  // clamp, fill_n, min
#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

class pixel_gradient {
public:
  pixel_gradient(const extents& in, const extents& out)
    : inputs_{in.channels}, outputs_{out.channels}, pixels_{static_cast<int>(out.pixels())},
      columns_{2 * kernels_->lanes}, groups_{kernels::shares_within(outputs_, columns_)},
      channels_{even_share(inputs_, std::clamp(inputs_ / 4, 32, 256))}, together_{even_share(pixels_, 256)}
  {
  }

  /// returns:  floats that one thread needs
  [[nodiscard]] std::size_t scratch_floats() const
  {
    return static_cast<std::size_t>(read_floats() + arriving_floats() + groups_ * channels_ * columns_);
  }

  /// d_weights[out][in] += the sum over all pixels
  void run(const workers& w, const view<const float>& in, const activation_rule<float>& before,
           const view<const float>& d_out, float* d_weights) const
  {
    w.run(shares_of(inputs_, channels_), [&](int task, int thread) {
      const int c = task * channels_;
      const int channels = std::min(channels_, inputs_ - c);
      float* const read = w.scratch_of(thread);
      float* const arriving = read + read_floats();
      float* const sums = arriving + arriving_floats();
      std::fill_n(sums, groups_ * channels_ * columns_, 0.0F);
      for (int n = 0; n < in.samples; ++n)
        for (int first = 0; first < pixels_; first += together_) {
          const int last = std::min(first + together_, pixels_);
          interleave(*kernels_, {in, n, c, channels}, before, first, last, read, channels);
          for (int group = 0; group < groups_; ++group)
            add_group(group, d_out, n, first, last, read, channels, arriving, sums);
        }
      write(sums, c, channels, d_weights);
    });
  }

private:
  [[nodiscard]] std::ptrdiff_t read_floats() const { return std::ptrdiff_t{together_} * channels_; }
  [[nodiscard]] std::ptrdiff_t arriving_floats() const { return std::ptrdiff_t{together_} * columns_; }

  void add_group(int group, const view<const float>& d_out, int n, int first, int last, const float* read,
                 int channels, float* arriving, float* sums) const
  {
    const int o = group * columns_;
    interleave(*kernels_, {d_out, n, o, std::min(columns_, outputs_ - o)}, {}, first, last, arriving, columns_);
    kernels_->add_outer_products(
      {read, channels, arriving, last - first, channels, sums + group * channels_ * columns_});
  }

  void write(const float* sums, int c, int channels, float* d_weights) const
  {
    for (int o = 0; o < outputs_; ++o) {
      const float* const from = sums + o / columns_ * channels_ * columns_ + o % columns_;
      float* const to = d_weights + std::ptrdiff_t{o} * inputs_ + c;
      for (int i = 0; i < channels; ++i) to[i] += from[i * columns_];
    }
  }

  const kernels::kernel_table* kernels_{&chosen_kernels()};
  int inputs_;
  int outputs_;
  int pixels_;
  int columns_;  ///< of a register tile
  int groups_;  ///< register tiles that all outputs fill
  int channels_;  ///< of the input, owned by a task
  int together_;  ///< pixels
};

}  // namespace thorax
