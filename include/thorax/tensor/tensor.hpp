// SPDX-License-Identifier: MIT
//
// tensor: the owning tensors a user holds. The one header that names xtensor's containers, because their
// place differs between releases.

#pragma once

#include <thorax/tensor/view.hpp>  // view

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp>  // 0.26 and later
#else
#include <xtensor/xtensor.hpp>
#endif

#include <array>

namespace thorax {

/// Feature maps of one sample: channels × height × width.
using tensor = xt::xtensor<float, 3>;

/// Samples side by side: samples × channels × height × width.
using batch = xt::xtensor<float, 4>;

/// returns:  the extents of one sample
inline extents extents_of(const tensor& maps)
{
  return {static_cast<int>(maps.shape(0)), static_cast<int>(maps.shape(1)), static_cast<int>(maps.shape(2))};
}

/// returns:  the batch as a borrowed view; valid while `samples` lives unchanged
inline view<float> view_of(batch& samples)
{
  const extents shape{static_cast<int>(samples.shape(1)), static_cast<int>(samples.shape(2)),
                      static_cast<int>(samples.shape(3))};
  return view<float>::packed(samples.data(), static_cast<int>(samples.shape(0)), shape);
}

inline view<const float> view_of(const batch& samples)
{
  const extents shape{static_cast<int>(samples.shape(1)), static_cast<int>(samples.shape(2)),
                      static_cast<int>(samples.shape(3))};
  return view<const float>::packed(samples.data(), static_cast<int>(samples.shape(0)), shape);
}

/// returns:  one tensor as a batch of one
inline view<const float> view_of(const tensor& maps)
{
  return view<const float>::packed(maps.data(), 1, extents_of(maps));
}

}  // namespace thorax
