// SPDX-License-Identifier: MIT
//
// dropout, an index a number. The same numbers are kept as by every other backend.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_same_extents
#include <thorax/backend/cuda/cuda.hpp>       // cuda_dropout
#include <thorax/backend/cuda/launch.cuh>     // for_each_index
#include <thorax/backend/cuda/positions.cuh>  // count_of, map_position

#include <cstddef>  // size_t

namespace thorax {

void cuda_dropout::dropout(const workers&, view<const float> in, activation_rule<float> before, float rate,
                           random_stream stream, view<float> out)
{
  ensure(rate >= 0 && rate < 1, "dropout: the rate must be at least 0 and less than 1");
  ensure_same_extents(in, out);
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const map_position at{out.shape, i};
    const double value = double{before(in(at.n, at.c, at.y, at.x), at.c)} / (1 - double{rate});
    out(at.n, at.c, at.y, at.x) = stream.uniform(i) >= double{rate} ? static_cast<float>(value) : 0.0F;
  });
}

void cuda_dropout::dropout_gradient(const workers&, float rate, random_stream stream, view<const float> d_out,
                                    view<float> d_activated)
{
  ensure(rate >= 0 && rate < 1, "dropout: the rate must be at least 0 and less than 1");
  ensure_same_extents(d_out, d_activated);
  for_each_index(count_of(d_activated), [=] THORAX_BOTH(unsigned i) {
    if (stream.uniform(i) < double{rate}) return;
    const map_position at{d_activated.shape, i};
    const double share = double{d_out(at.n, at.c, at.y, at.x)} / (1 - double{rate});
    d_activated(at.n, at.c, at.y, at.x) += static_cast<float>(share);
  });
}

}  // namespace thorax
