// SPDX-License-Identifier: MIT
//
// activation, a channel at a time, without branches inside a channel.

#pragma once

#include <thorax/backend/contract.hpp>    // ensure_same_extents
#include <thorax/backend/cpu/planes.hpp>  // activate_row, channel_rule, for_each_plane
#include <thorax/tensor/view.hpp>         // view

#include <cstddef>  // ptrdiff_t

namespace thorax {

struct cpu_activation {
  static void activation(const workers& w, view<const float> in, activation_rule<float> before, view<float> out)
  {
    ensure_same_extents(in, out);
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    for_each_plane(w, in.samples, in.shape,
                   [&](int n, int c) { activate_row(before, c, in.channel(n, c), pixels, out.channel(n, c)); });
  }

  static void activation_gradient(const workers& w, view<const float> in, activation_rule<float> before,
                                  view<const float> d_activated, view<float> d_in)
  {
    ensure_same_extents(in, d_in);
    ensure_same_extents(d_activated, d_in);
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      const channel_rule activate{before, c};
      const float scale = before.scale == nullptr ? 1.0F : before.scale[c];
      const float* const arriving = d_activated.channel(n, c);
      const float* const plane = in.channel(n, c);
      float* const result = d_in.channel(n, c);
      if (!before.relu)
        for (std::ptrdiff_t i = 0; i < pixels; ++i) result[i] += scale * arriving[i];
      else
        for (std::ptrdiff_t i = 0; i < pixels; ++i)
          result[i] += activate(plane[i]) > 0.0F ? scale * arriving[i] : 0.0F;
    });
  }
};

}  // namespace thorax
