// SPDX-License-Identifier: MIT
//
// film_convolution: a convolution while training, by the kernels that predict. Each film's maps are laid pixel by pixel
// into scratch and back, which costs little beside the products, of which filtering and halving leave fewer. Weights are
// packed at every call, since they have changed.

#pragma once

#include <thorax/backend/cpu/film_maps.hpp>  // interleave_film, separate_film, …
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>  // chosen_kernels
#include <thorax/backend/cpu/predictor.hpp>  // cpu_predictor, rounded_up
#include <thorax/backend/predictor.hpp>  // op_numbers
#include <thorax/base/ensure.hpp>  // ensure

#include <cstddef>  // ptrdiff_t, size_t

namespace thorax {

class film_convolution {
public:
  film_convolution(extents in, extents out, window moving, bool relu_after = false,
                   weight_order order = weight_order::as_written)
    : order_{order}
  {
    step_.kind = op_kind::convolution;
    step_.in.shape = in;
    step_.out.shape = out;
    step_.moving = moving;
    step_.relu_after = relu_after;
    packed_floats_ = to_lines(predictor_.packed_floats(step_));
  }

  /// returns:  floats that one thread needs
  [[nodiscard]] std::size_t scratch_floats() const
  {
    return packed_floats_ + map_floats() + to_lines(predictor_.scratch_floats(step_));
  }

  /// out = after(weights · before(in)), or out += that.
  void run(const workers& w, const view<const float>& in, const activation_rule<float>& before,
           const float* weights, const activation_rule<float>& after, const view<float>& out, bool adds) const
  {
    run(w, in, before, weights, after, [&](const workers& crew, int n, const pixel_view<const float>& made) {
      separate_film(crew, *kernels_, made, {out, n, 0, out.shape.channels}, adds);
    });
  }

  /// weights · in, carried through a norm; see reference_normalization::norm_gradient.
  void run_through(const workers& w, const view<const float>& in, const float* weights,
                   const read_norm<float>& read, norm_sums* sums, const view<float>& out) const
  {
    run(w, in, {}, weights, {}, [&](const workers& crew, int n, const pixel_view<const float>& made) {
      separate_film_through(crew, *kernels_, made, read, n, sums, out);
    });
  }

private:
  /// `take(crew, n, made)` is given each film's result.
  template<class Take>
  void run(const workers& w, const view<const float>& in, const activation_rule<float>& before,
           const float* weights, const activation_rule<float>& after, Take&& take) const
  {
    ensure(w.scratch_floats >= scratch_floats(),
           "the scratch of the workers is too small: size it by cpu::scratch_floats");
    float* const packed = w.scratch_of(0);
    predictor_.pack(step_, {weights, {}, after}, packed, order_);
    const auto film = [&](int n, int thread, thread_pool* pool) {
      float* const maps = w.scratch_of(thread) + packed_floats_;
      const workers crew{pool, maps + map_floats(), w.scratch_floats};
      take(crew, n, run_film(crew, in.only(n), before, packed, maps));
    };
    if (in.samples >= w.threads()) return w.run(in.samples, [&](int n, int thread) { film(n, thread, nullptr); });
    for (int n = 0; n < in.samples; ++n) film(n, 0, w.pool);
  }

  static std::size_t to_lines(std::size_t floats) { return rounded_up(floats, std::size_t{detail::line_floats}); }

  [[nodiscard]] std::size_t map_floats() const
  {
    return to_lines(step_.in.shape.size()) + to_lines(step_.out.shape.size());
  }

  pixel_view<const float> run_film(const workers& crew, const view<const float>& in,
                                   const activation_rule<float>& before, const float* packed, float* maps) const
  {
    const int inputs = in.shape.channels;
    const extents& out = step_.out.shape;
    const pixel_view<float> read{maps, in.shape, inputs};
    const pixel_view<float> made{maps + to_lines(in.shape.size()), out, out.channels};
    interleave_film(crew, *kernels_, {in, 0, 0, inputs}, before, read.data, inputs);
    predictor_.convolution(crew, step_, packed, read, made);
    return made;
  }

  op step_;
  weight_order order_;
  const kernels::kernel_table* kernels_{&chosen_kernels()};
  cpu_predictor predictor_{{}, *kernels_};
  std::size_t packed_floats_{};
};

}  // namespace thorax
