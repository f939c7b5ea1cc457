// SPDX-License-Identifier: MIT
//
// activation, an index a number.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_same_extents
#include <thorax/backend/cuda/cuda.hpp>       // cuda_activation
#include <thorax/backend/cuda/launch.cuh>     // for_each_index
#include <thorax/backend/cuda/positions.cuh>  // count_of, map_position

#include <cstddef>  // size_t

namespace thorax {

void cuda_activation::activation(const workers&, view<const float> in, activation_rule<float> before,
                                 view<float> out)
{
  ensure_same_extents(in, out);
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const map_position at{out.shape, i};
    out(at.n, at.c, at.y, at.x) = before(in(at.n, at.c, at.y, at.x), at.c);
  });
}

void cuda_activation::activation_gradient(const workers&, view<const float> in, activation_rule<float> before,
                                          view<const float> d_activated, view<float> d_in)
{
  ensure_same_extents(in, d_in);
  ensure_same_extents(d_activated, d_in);
  for_each_index(count_of(d_in), [=] THORAX_BOTH(unsigned i) {
    const map_position at{d_in.shape, i};
    if (before.relu && !(before(in(at.n, at.c, at.y, at.x), at.c) > 0)) return;
    const float scale = before.scale == nullptr ? 1 : before.scale[at.c];
    d_in(at.n, at.c, at.y, at.x) += scale * d_activated(at.n, at.c, at.y, at.x);
  });
}

}  // namespace thorax
