// SPDX-License-Identifier: MIT
//
// softmax, an index a pixel, in doubles.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_same_extents
#include <thorax/backend/cuda/cuda.hpp>       // cuda_softmax
#include <thorax/backend/cuda/launch.cuh>     // for_each_index
#include <thorax/backend/cuda/positions.cuh>  // film_pixel

#include <cmath>    // exp
#include <cstddef>  // size_t

namespace thorax {

/// Sets of all channels of a pixel; `read(c)` is what stands there, `write(c, probability)` takes the result.
template<class Read, class Write>
THORAX_BOTH void write_softmax(int channels, const Read& read, const Write& write)
{
  double largest = read(0);
  for (int c = 1; c < channels; ++c) largest = largest < read(c) ? read(c) : largest;
  double sum = 0;
  for (int c = 0; c < channels; ++c) sum += std::exp(read(c) - largest);
  for (int c = 0; c < channels; ++c) write(c, static_cast<float>(std::exp(read(c) - largest) / sum));
}

void cuda_softmax::softmax(const workers&, view<const float> in, activation_rule<float> before, view<float> out)
{
  ensure_same_extents(in, out);
  for_each_index(out.shape.pixels() * static_cast<std::size_t>(out.samples), [=] THORAX_BOTH(unsigned i) {
    const film_pixel at{out.shape, static_cast<int>(i)};
    write_softmax(
      out.shape.channels, [&](int c) { return double{before(in(at.n, c, at.y, at.x), c)}; },
      [&](int c, float probability) { out(at.n, c, at.y, at.x) = probability; });
  });
}

void cuda_softmax::softmax_gradient(const workers&, view<const float> out, view<const float> d_out,
                                    view<float> d_activated)
{
  ensure_same_extents(out, d_out);
  ensure_same_extents(out, d_activated);
  for_each_index(out.shape.pixels() * static_cast<std::size_t>(out.samples), [=] THORAX_BOTH(unsigned i) {
    const film_pixel at{out.shape, static_cast<int>(i)};
    double product = 0;
    for (int c = 0; c < out.shape.channels; ++c)
      product += double{d_out(at.n, c, at.y, at.x)} * double{out(at.n, c, at.y, at.x)};
    for (int c = 0; c < out.shape.channels; ++c)
      d_activated(at.n, c, at.y, at.x) +=
        static_cast<float>(double{out(at.n, c, at.y, at.x)} * (double{d_out(at.n, c, at.y, at.x)} - product));
  });
}

}  // namespace thorax
