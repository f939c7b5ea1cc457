// SPDX-License-Identifier: MIT
//
// sigmoid, an index a number, in doubles.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_same_extents
#include <thorax/backend/cuda/cuda.hpp>       // cuda_sigmoid
#include <thorax/backend/cuda/launch.cuh>     // for_each_index
#include <thorax/backend/cuda/positions.cuh>  // count_of, map_position

#include <cmath>    // exp
#include <cstddef>  // size_t

namespace thorax {

void cuda_sigmoid::sigmoid(const workers&, view<const float> in, activation_rule<float> before, view<float> out)
{
  ensure_same_extents(in, out);
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const map_position at{out.shape, i};
    const double activated{before(in(at.n, at.c, at.y, at.x), at.c)};
    out(at.n, at.c, at.y, at.x) = static_cast<float>(1 / (1 + std::exp(-activated)));
  });
}

void cuda_sigmoid::sigmoid_gradient(const workers&, view<const float> out, view<const float> d_out,
                                    view<float> d_activated)
{
  ensure_same_extents(out, d_out);
  ensure_same_extents(out, d_activated);
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const map_position at{out.shape, i};
    const double said{out(at.n, at.c, at.y, at.x)};
    d_activated(at.n, at.c, at.y, at.x) +=
      static_cast<float>(double{d_out(at.n, at.c, at.y, at.x)} * said * (1 - said));
  });
}

}  // namespace thorax
