// SPDX-License-Identifier: MIT
//
// packed_op: an op with drawn numbers as the kernels for this file's instruction set are told about it.

#pragma once

#include <thorax/backend/cpu/kernels/convolution_packing.hpp>  // pack_convolution
#include <thorax/backend/cpu/kernels/convolution_recipe.hpp>   // recipe_of
#include <thorax/backend/cpu/kernels/instruction_set.hpp>      // lanes, native
#include <thorax/backend/cpu/kernels/kernel_table.hpp>         // kernel_table
#include <thorax/backend/cpu/kernels/tasks.hpp>                // product_task, winograd_task
#include <thorax/backend/reference/predictor.hpp>              // reference_predictor

#include "support/random_pixels.hpp"  // drawn_op, guarded_floats, sliced_pixels

#include <limits>
#include <vector>

namespace thorax::tests {

/// All that a recipe asks of kernels; to compile the kernels themselves takes long.
inline kernels::kernel_table native_sizes()
{
  kernels::kernel_table sizes;
  sizes.lanes = kernels::lanes<kernels::native>;
  sizes.rows = kernels::native::rows;
  return sizes;
}

class packed_op {
public:
  drawn_op drawn;
  convolution_recipe recipe;
  sliced_pixels in;
  sliced_pixels empty;  ///< what is to be written

  packed_op(drawing& draw, const wanted_op& wanted, const cpu_options& options = {})
    : drawn{draw, wanted}, recipe{recipe_of(drawn.step, native_sizes(), options)},
      in{wanted.whole ? sliced_pixels::whole(draw, wanted.in) : sliced_pixels{draw, wanted.in}},
      empty{draw, drawn.step.out.shape, false}, packed_{recipe.floats}
  {
    pack_convolution(drawn.step, drawn.numbers(), recipe, packed_.data());
  }

  /// A product of all pixels; `scratch` has room for that.
  [[nodiscard]] kernels::product_task product(const sliced_pixels& out, float* scratch) const
  {
    const op& step = drawn.step;
    return {.in = *in,
            .before = before(),
            .identity = !step.has_rule_before(),
            .mean_before = step.mean_before,
            .moving = step.moving,
            .weights = packed_.data() + recipe.weights_at,
            .bias = packed_.data() + recipe.bias_at,
            .floor = floor_of(step.relu_after),
            .depth = recipe.depth,
            .panel = recipe.panel,
            .outputs = step.out.shape.channels,
            .width = step.convolved().width,
            .last = static_cast<int>(step.convolved().pixels()),
            .out = (*out).data,
            .out_stride = (*out).stride,
            .scratch = scratch};
  }

  /// Calls `multiply` with the task of pixels [first, last), and looks whether it stayed in its scratch.
  template<class Multiply>
  void with_product_of(int first, int last, const sliced_pixels& out, Multiply&& multiply) const
  {
    const guarded_floats scratch{scratch_for(last - first)};
    kernels::product_task task = product(out, scratch.data());
    task.first = first;
    task.last = last;
    task.out = (*out).pixel(first);
    multiply(task);
    CHECK(scratch.guard_is_untouched());
  }

  /// The same with tiles of the recipe.
  [[nodiscard]] kernels::winograd_task filtering(const sliced_pixels& out, float* scratch) const
  {
    const int tile = recipe.tile;
    const extents made = drawn.step.out.shape;
    return {.in = *in,
            .out = *out,
            .padding = drawn.step.moving.padding,
            .tile = tile,
            .weights = packed_.data() + recipe.weights_at,
            .bias = packed_.data() + recipe.bias_at,
            .zeros = packed_.data() + recipe.zeros_at,
            .floor = floor_of(drawn.step.relu_after),
            .last = ((made.height + tile - 1) / tile) * ((made.width + tile - 1) / tile),
            .scratch = scratch};
  }

  [[nodiscard]] kernels::activation before() const
  {
    return {packed_.data(), packed_.data() + recipe.shift_at, floor_of(drawn.step.relu_before)};
  }

  /// Floats of scratch for a product of `pixels`.
  [[nodiscard]] std::size_t scratch_for(int pixels) const
  {
    const auto floats = [](int count) { return static_cast<std::size_t>(count); };
    if (!recipe.halved) return floats(pixels) * floats(rounded_up(recipe.panel, 16));
    const int of_pair = 7 * (recipe.panel + drawn.step.out.shape.channels) / 2;
    return floats((pixels + 1) / 2) * floats(of_pair) + 14 * floats(kernels::lanes<kernels::native>);
  }

  [[nodiscard]] const float* packed() const { return packed_.data(); }
  [[nodiscard]] bool guard_is_untouched() const { return packed_.guard_is_untouched(); }

  /// What the reference computes.
  [[nodiscard]] std::vector<float> expected() const
  {
    thread_pool one{1};
    return predicted(reference_predictor{}, one, drawn, in, empty).numbers();
  }

private:
  static float floor_of(bool relu) { return relu ? 0.0F : -std::numeric_limits<float>::infinity(); }

  guarded_floats packed_;
};

}  // namespace thorax::tests
