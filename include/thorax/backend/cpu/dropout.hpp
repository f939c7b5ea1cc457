// SPDX-License-Identifier: MIT
//
// dropout, a channel at a time: which numbers are kept is a function of their position, so any thread can tell.

#pragma once

#include <thorax/backend/contract.hpp>    // ensure_same_extents
#include <thorax/backend/cpu/planes.hpp>  // channel_rule, for_each_plane
#include <thorax/base/random.hpp>         // random_stream
#include <thorax/tensor/view.hpp>         // view

#include <cstddef>  // ptrdiff_t
#include <cstdint>  // uint64_t

namespace thorax {

struct cpu_dropout {
  static void dropout(const workers& w, view<const float> in, activation_rule<float> before, float rate,
                      random_stream stream, view<float> out)
  {
    ensure_same_extents(in, out);
    const chosen kept{stream, in.shape, rate};
    const auto pixels = static_cast<std::ptrdiff_t>(in.shape.pixels());
    for_each_plane(w, in.samples, in.shape, [&](int n, int c) {
      const channel_rule activate{before, c};
      const float* const plane = in.channel(n, c);
      float* const result = out.channel(n, c);
      for (std::ptrdiff_t i = 0; i < pixels; ++i)
        result[i] = kept(n, c, i) ? activate(plane[i]) * kept.growth : 0.0F;
    });
  }

  static void dropout_gradient(const workers& w, float rate, random_stream stream, view<const float> d_out,
                               view<float> d_activated)
  {
    ensure_same_extents(d_out, d_activated);
    const chosen kept{stream, d_out.shape, rate};
    const auto pixels = static_cast<std::ptrdiff_t>(d_out.shape.pixels());
    for_each_plane(w, d_out.samples, d_out.shape, [&](int n, int c) {
      const float* const plane = d_out.channel(n, c);
      float* const result = d_activated.channel(n, c);
      for (std::ptrdiff_t i = 0; i < pixels; ++i) result[i] += kept(n, c, i) ? plane[i] * kept.growth : 0.0F;
    });
  }

private:
  class chosen {
  public:
    chosen(random_stream stream, const extents& shape, float rate)
      : growth{1.0F / (1.0F - rate)}, stream_{stream}, shape_{shape}, rate_{rate}
    {
      ensure(rate >= 0 && rate < 1, "dropout: the rate must be at least 0 and less than 1");
    }

    [[nodiscard]] bool operator()(int n, int c, std::ptrdiff_t pixel) const
    {
      const std::uint64_t plane = static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(shape_.channels) +
                                  static_cast<std::uint64_t>(c);
      return stream_.uniform(plane * shape_.pixels() + static_cast<std::uint64_t>(pixel)) >= double{rate_};
    }

    float growth;

  private:
    random_stream stream_;
    extents shape_;
    float rate_;
  };
};

}  // namespace thorax
