// SPDX-License-Identifier: MIT
//
// contract: what every backend demands of the extents it is given, checked once a call, outside all loops.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/plan/op.hpp>      // window
#include <thorax/tensor/view.hpp>  // view

namespace thorax {

/// throws:  error{does_not_fit} unless both hold the same samples of the same extents
template<class First, class Second>
constexpr void ensure_same_extents(const view<First>& one, const view<Second>& other)
{
  ensure(one.samples == other.samples && one.shape == other.shape,
         "a kernel was given two views of different extents, expected the same samples, channels, height and "
         "width: pass views of equal extents");
}

/// throws:  error{does_not_fit} unless `out` has the height and width that the window finds in `in`
template<class In, class Out>
constexpr void ensure_window_fits(const view<In>& in, const window& moving, const view<Out>& out)
{
  ensure(moving.kernel > 0 && moving.stride > 0 && moving.padding >= 0,
         "a window has no side, no stride or a negative padding: its kernel and stride must be at least 1");
  ensure(in.samples == out.samples && out.shape.height == moving.places(in.shape.height) &&
           out.shape.width == moving.places(in.shape.width),
         "the output's samples, height or width are not those that the window finds in the input: take them "
         "from window::places");
}

/// The same for a pool, which keeps the channels and whose windows must each hold a cell of the maps.
template<class In, class Out>
constexpr void ensure_pool_fits(const view<In>& in, const window& moving, const view<Out>& out)
{
  ensure_window_fits(in, moving, out);
  ensure(in.shape.channels == out.shape.channels, "a pool's input and output differ in channels");
  ensure(moving.padding < moving.kernel,
         "a pool's padding must be smaller than its kernel: else a window is empty");
}

/// throws:  error{does_not_fit} unless both are one row of numbers a sample
template<class In, class Out>
constexpr void ensure_rows(const view<In>& in, const view<Out>& out)
{
  ensure(in.samples == out.samples && in.shape.pixels() == 1 && out.shape.pixels() == 1,
         "a linear layer was given maps larger than 1x1 or different numbers of samples: pool the maps first");
}

}  // namespace thorax
