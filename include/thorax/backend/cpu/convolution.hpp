// SPDX-License-Identifier: MIT
//
// convolution while training: the kernels that predict where there are such, else matrix products by BLAS. Differs from
// the reference in summing in float, in the order of the kernels.

#pragma once

#include <thorax/backend/contract.hpp>  // ensure_same_extents, ensure_window_fits
#include <thorax/backend/cpu/film_convolution.hpp>  // film_convolution
#include <thorax/backend/cpu/filter_gradient.hpp>  // filter_gradient
#include <thorax/backend/cpu/normalization.hpp>  // cpu_normalization
#include <thorax/backend/cpu/patch_convolution.hpp>  // patch_convolution
#include <thorax/backend/cpu/pixel_gradient.hpp>  // pixel_gradient
#include <thorax/backend/norm_gradient.hpp>  // norm_sums, read_norm

#include <algorithm>  // fill_n, max
#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

struct cpu_convolution {
  static void convolution(const workers& w, view<const float> in, activation_rule<float> before,
                          const float* weights, window moving, activation_rule<float> after, view<float> out)
  {
    ensure_window_fits(in, moving, out);
    film_convolution{in.shape, out.shape, moving, after.relu}.run(w, in, before, weights, after, out, false);
  }

  static void convolution_gradient_of_weights(const workers& w, view<const float> in,
                                              activation_rule<float> before, view<const float> d_out,
                                              window moving, float* d_weights)
  {
    ensure_window_fits(in, moving, d_out);
    ensure_scratch(w, scratch_of_weights(in.shape, d_out.shape, moving));
    if (moving == each_pixel) pixel_gradient{in.shape, d_out.shape}.run(w, in, before, d_out, d_weights);
    else if (filter_gradient::fits(in.shape, d_out.shape, moving))
      filter_gradient{in.shape, d_out.shape, moving}.run(w, in, before, d_out, d_weights);
    else patch_convolution::gradient_of_weights(w, in, before, d_out, moving, d_weights);
  }

  /// Where the window moves by one, the gradient is a convolution, too: of what arrives, with each output's weights turned
  /// round, and inputs and outputs exchanged.
  static void convolution_gradient_of_input(const workers& w, view<const float> d_out, const float* weights,
                                            window moving, view<float> d_activated)
  {
    ensure_window_fits(d_activated, moving, d_out);
    ensure_scratch(w, scratch_of_input(d_activated.shape, d_out.shape, moving));
    if (is_turned(moving))
      input_gradient(d_activated.shape, d_out.shape, moving).run(w, d_out, {}, weights, {}, d_activated, true);
    else patch_convolution::gradient_of_input(w, d_out, weights, moving, d_activated);
  }

  /// Carried through the norm while a film's gradient is in the cache.
  static void convolution_gradient_through_norm(const workers& w, view<const float> d_out, const float* weights,
                                                window moving, const read_norm<float>& read, norm_sums* sums,
                                                view<float> d_in)
  {
    ensure_window_fits(read.maps, moving, d_out);
    if (d_in.data != nullptr) ensure_same_extents(read.maps, d_in);
    const extents& in = read.maps.shape;
    ensure_scratch(w, scratch_of_input(in, d_out.shape, moving));
    if (is_turned(moving))
      return input_gradient(in, d_out.shape, moving).run_through(w, d_out, weights, read, sums, d_in);
    const auto film = view<float>::packed(w.scratch_of(0) + patch_convolution::scratch_floats(in, d_out.shape, moving),
                                          1, in);
    for (int n = 0; n < d_out.samples; ++n) {
      std::fill_n(film.data, in.size(), 0.0F);
      patch_convolution::gradient_of_input(w, d_out.only(n), weights, moving, film);
      read_norm<float> of_film = read;
      of_film.maps = read.maps.only(n);
      cpu_normalization::norm_gradient(w, of_film, film, sums + std::ptrdiff_t{n} * in.channels,
                                       d_in.data == nullptr ? d_in : d_in.only(n));
    }
  }

  /// returns:  floats that one thread needs for a convolution of these extents, forward and backward
  static std::size_t convolution_scratch(const extents& in, const extents& out, const window& moving)
  {
    const std::size_t backward = std::max(scratch_of_weights(in, out, moving), scratch_of_input(in, out, moving));
    return std::max(film_convolution{in, out, moving}.scratch_floats(), backward);
  }

private:
  static void ensure_scratch(const workers& w, std::size_t floats)
  {
    ensure(w.scratch_floats >= floats, "the scratch of the workers is too small: size it by cpu::scratch_floats");
  }

  static std::size_t scratch_of_weights(const extents& in, const extents& out, const window& moving)
  {
    if (moving == each_pixel) return pixel_gradient{in, out}.scratch_floats();
    if (filter_gradient::fits(in, out, moving)) return filter_gradient{in, out, moving}.scratch_floats();
    return patch_convolution::scratch_floats(in, out, moving);
  }

  static std::size_t scratch_of_input(const extents& in, const extents& out, const window& moving)
  {
    if (is_turned(moving)) return input_gradient(in, out, moving).scratch_floats();
    return patch_convolution::scratch_floats(in, out, moving) + in.size();  // and one film's gradient before a norm
  }

  static bool is_turned(const window& moving) { return moving.stride == 1 && moving.padding < moving.kernel; }

  static film_convolution input_gradient(const extents& in, const extents& out, const window& moving)
  {
    return {out, in, {moving.kernel, 1, moving.kernel - 1 - moving.padding}, false, weight_order::turned};
  }
};

}  // namespace thorax
