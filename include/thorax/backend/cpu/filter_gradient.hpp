// SPDX-License-Identifier: MIT
//
// filter_gradient: the gradient of the weights of a 3×3 convolution: outer products of the planes of minimal filtering, a
// quarter as many as without; see kernels/winograd_gradient.hpp. A task owns some channels of the input and of the output
// and visits all films, so no partial sums are left to add.

#pragma once

#include <thorax/backend/cpu/film_maps.hpp>  // interleave
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>  // chosen_kernels
#include <thorax/backend/cpu/kernels/tasks.hpp>  // gradient_tile, gradient_tiles_task, outer_task
#include <thorax/backend/cpu/kernels/winograd_transform.hpp>  // winograd_transform
#include <thorax/plan/op.hpp>  // window

#include <algorithm>  // fill_n, min
#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

class filter_gradient {
public:
  filter_gradient(const extents& in, const extents& out, const window& moving)
    : in_{in}, out_{out}, padding_{moving.padding}, columns_{2 * kernels_->lanes},
      channels_{std::min(in.channels, 32)}, tiles_{kernels::shares_within(out.height, kernels::gradient_tile) *
                                                   kernels::shares_within(out.width, kernels::gradient_tile)}
  {
  }

  /// returns:  whether there are kernels for such a convolution
  ///
  /// On maps smaller than a tile some taps see nothing but padding. Their gradient is 0, of which filtering would leave
  /// roundings, and Adam would divide those by themselves.
  [[nodiscard]] static bool fits(const extents& in, const extents& out, const window& moving)
  {
    return moving.kernel == 3 && moving.stride == 1 && in.channels % chosen_kernels().lanes == 0 &&
           std::min({in.height, in.width, out.height, out.width}) >= kernels::gradient_tile;
  }

  /// returns:  floats that one thread needs
  [[nodiscard]] std::size_t scratch_floats() const
  {
    return in_.pixels() * number(channels_) + out_.pixels() * number(columns_) +
           planes * (plane_floats(channels_) + plane_floats(columns_) + number(channels_) * number(columns_)) +
           number(channels_);
  }

  /// d_weights[out][in][3][3] += the sum over all pixels
  void run(const workers& w, const view<const float>& in, const activation_rule<float>& before,
           const view<const float>& d_out, float* d_weights) const
  {
    const int shares = shares_of(in_.channels, channels_);
    w.run(shares * shares_of(out_.channels, columns_), [&](int task, int thread) {
      const int c = task % shares * channels_;
      const int o = task / shares * columns_;
      share mine{*this, std::min(channels_, in_.channels - c), w.scratch_of(thread)};
      for (int n = 0; n < in.samples; ++n)
        mine.add_film({in, n, c, mine.channels}, before, {d_out, n, o, std::min(columns_, out_.channels - o)});
      mine.multiply();
      for (int i = 0; i < mine.channels; ++i) mine.write(i, d_weights, o, c + i);
    });
  }

private:
  static constexpr int side = kernels::gradient_tile + 2;
  static constexpr std::size_t planes = std::size_t{side * side};
  static constexpr int together = 56;  ///< tiles whose planes stay in the second cache
  static constexpr int most_columns = 32;

  static constexpr std::size_t number(int count) { return static_cast<std::size_t>(count); }

  /// Without a vector between them, planes lie a power of two apart and all their stores meet in one cache set.
  [[nodiscard]] std::size_t plane_floats(int width) const { return number(together * width + kernels_->lanes); }

  /// What one task works on: tiles of all films, gathered until there are enough for the products.
  class share {
  public:
    int channels;

    share(const filter_gradient& all, int own_channels, float* scratch)
      : channels{own_channels}, all_{all}, read_maps_{scratch},
        arriving_maps_{read_maps_ + all.in_.pixels() * number(channels)},
        read_{arriving_maps_ + all.out_.pixels() * number(all.columns_)},
        arriving_{read_ + planes * all.plane_floats(channels)},
        sums_{arriving_ + planes * all.plane_floats(all.columns_)},
        zeros_{sums_ + planes * number(channels) * number(all.columns_)}
    {
      std::fill_n(sums_, planes * number(channels) * number(all.columns_), 0.0F);
      std::fill_n(zeros_, channels, 0.0F);
    }

    void add_film(const film_channels<const float>& in, const activation_rule<float>& before,
                  const film_channels<const float>& d_out)
    {
      const kernels::kernel_table& with = *all_.kernels_;
      interleave(with, in, before, 0, static_cast<int>(in.plane()), read_maps_, channels);
      interleave(with, d_out, {}, 0, static_cast<int>(d_out.plane()), arriving_maps_, all_.columns_);
      for (int tile = 0; tile < all_.tiles_;) {
        const int count = std::min(together - gathered_, all_.tiles_ - tile);
        gather(tile, count);
        tile += count;
        gathered_ += count;
        if (gathered_ == together) multiply();
      }
    }

    /// Adds the products of the tiles that are gathered.
    void multiply()
    {
      for (std::size_t p = 0; p < planes; ++p)
        all_.kernels_->add_outer_products({read_ + p * all_.plane_floats(channels), channels,
                                           arriving_ + p * all_.plane_floats(all_.columns_), gathered_, channels,
                                           sums_ + p * number(channels) * number(all_.columns_)});
      gathered_ = 0;
    }

    /// Adds Gᵀ (sums of channel i) G to the weights between input c and the outputs from o on.
    void write(int i, float* d_weights, int o, int c) const
    {
      const auto& factors = kernels::winograd_transform<kernels::gradient_tile>::weights;
      float rows[3][side][most_columns]{};
      for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
          for (int t = 0; t < 3; ++t) add(factors[y][t], sum_of_plane(y * side + x, i), rows[t][x]);
      float taps[9][most_columns]{};
      for (int t = 0; t < 9; ++t)
        for (int x = 0; x < side; ++x) add(factors[x][t % 3], rows[t / 3][x], taps[t]);
      for (int k = 0; k < std::min(all_.columns_, all_.out_.channels - o); ++k)
        for (int t = 0; t < 9; ++t)
          d_weights[(std::ptrdiff_t{o + k} * all_.in_.channels + c) * 9 + t] += taps[t][k];
    }

  private:
    void gather(int first, int count) const
    {
      const std::size_t behind = number(gathered_);
      all_.kernels_->transform_gradient_tiles(
        {.in = {read_maps_, {channels, all_.in_.height, all_.in_.width}, channels},
         .d_out = {arriving_maps_, {all_.columns_, all_.out_.height, all_.out_.width}, all_.columns_},
         .padding = all_.padding_,
         .zeros = zeros_,
         .first = first,
         .last = first + count,
         .read = read_ + behind * number(channels),
         .read_plane = static_cast<std::ptrdiff_t>(all_.plane_floats(channels)),
         .arriving = arriving_ + behind * number(all_.columns_),
         .arriving_plane = static_cast<std::ptrdiff_t>(all_.plane_floats(all_.columns_))});
    }

    [[nodiscard]] const float* sum_of_plane(int plane, int i) const
    {
      return sums_ + (std::ptrdiff_t{plane} * channels + i) * all_.columns_;
    }

    void add(float factor, const float* from, float* to) const
    {
      for (int k = 0; k < all_.columns_; ++k) to[k] += factor * from[k];
    }

    const filter_gradient& all_;
    float* read_maps_;
    float* arriving_maps_;
    float* read_;
    float* arriving_;
    float* sums_;
    float* zeros_;
    int gathered_{};
  };

  const kernels::kernel_table* kernels_{&chosen_kernels()};
  extents in_;
  extents out_;
  int padding_;
  int columns_;  ///< of a register tile
  int channels_;  ///< of the input, owned by a task
  int tiles_;  ///< of a film
};

}  // namespace thorax
