// SPDX-License-Identifier: MIT
//
// predictor, in a hurry: convolutions are cut into shares for the threads, and kernels compute them; see
// kernels/products.hpp and kernels/winograd.hpp. No result depends on how many threads there are.

#pragma once

#include <thorax/backend/cpu/kernels/cache_size.hpp>           // second_cache_bytes
#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>       // chosen_kernels
#include <thorax/backend/cpu/kernels/convolution_packing.hpp>  // pack_convolution, pack_rule
#include <thorax/backend/cpu/kernels/convolution_recipe.hpp>   // cpu_options, recipe_of
#include <thorax/backend/predictor.hpp>                // op_numbers, predictor
#include <thorax/backend/reference/predictor.hpp>      // reference_predictor

#include <algorithm>  // clamp, max, min
#include <cstddef>    // size_t
#include <limits>
#include <string>
#include <string_view>

namespace thorax {

class cpu_predictor {
public:
  using memory_type = host_memory;
  static constexpr int films_at_once = 1;

  /// throws:  error{wrong_usage} for a THORAX_ARCH that cannot be had, and for bf16 without such instructions
  explicit cpu_predictor(cpu_options options = {}, const kernels::kernel_table& with = chosen_kernels())
    : with_{&with}, options_{options}, cache_floats_{second_cache_bytes() / sizeof(float)}
  {
    if (options.bf16 && with.multiply_pairs == nullptr)
      throw error{error_code::wrong_usage, "bf16 was asked for, which needs the instructions AVX512_BF16; the kernels "
                                           "that were chosen are for " + std::string{with.name} + "; leave it out"};
  }

  /// The instruction set that computes.
  [[nodiscard]] std::string_view architecture() const { return with_->name; }

  /// returns:  whether products have three digits instead of seven
  [[nodiscard]] bool is_coarse() const { return options_.bf16; }

  /// returns:  whether a first convolution of gray films is to read one channel
  [[nodiscard]] bool joins_gray_channels() const { return options_.gray; }

  /// returns:  how an op is computed, in a word
  [[nodiscard]] std::string_view way_of(const op& step) const
  {
    if (!is_product(step.kind)) return "";
    const convolution_recipe recipe = recipe_of(step, *with_, options_);
    if (recipe.halved) return "Strassen";
    switch (recipe.tile) {
      case 2: return "F(2x2)";
      case 3: return "F(3x3)";
      case 4: return "F(4x4)";
      case 6: return "F(6x6)";
      default: return "product";
    }
  }

  [[nodiscard]] std::size_t packed_floats(const op& step) const
  {
    if (is_product(step.kind)) return recipe_of(step, *with_, options_).floats;
    if (is_plain(step)) return to_lines(reference_predictor::packed_floats(step));
    return 2 * to_lines(static_cast<std::size_t>(step.in.shape.channels));
  }

  /// returns:  floats that one thread needs
  [[nodiscard]] std::size_t scratch_floats(const op& step) const
  {
    if (!is_product(step.kind)) return 0;
    const convolution_recipe recipe = recipe_of(step, *with_, options_);
    const auto floats = [](int count) { return static_cast<std::size_t>(count); };
    if (recipe.tile != 0) {
      const std::size_t planes = floats(recipe.tile + 2) * floats(recipe.tile + 2);
      const std::size_t channels = floats(recipe.depth + recipe.groups * recipe.columns);
      return to_lines(planes * (floats(tiles_together()) * channels + 2 * floats(with_->lanes)));
    }
    const std::size_t pixel = floats(floats_of_pixel(recipe));
    if (recipe.halved) return to_lines(floats(pixels_together(recipe)) * pixel + 14 * floats(with_->lanes));
    if (step.max_after == each_pixel) return floats(pixels_together(recipe)) * pixel;
    const extents made = step.convolved();
    const std::size_t ring = floats(step.max_after.kernel) * floats(made.width) * floats(made.channels);
    return to_lines(ring) + floats(made.width) * pixel;
  }

  void pack(const op& step, const op_numbers& numbers, float* packed, weight_order order = weight_order::as_written) const
  {
    if (is_product(step.kind)) pack_convolution(step, numbers, recipe_of(step, *with_, options_), packed, order);
    else if (is_plain(step)) reference_predictor::pack(step, numbers, packed);
    else pack_rule(numbers.before, step.in.shape.channels, packed);
  }

  void convolution(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                   pixel_view<float> out) const
  {
    const convolution_recipe recipe = recipe_of(step, *with_, options_);
    if (recipe.tile != 0) return filter(w, step, recipe, packed, in, out);
    const kernels::product_task task = product_of(step, recipe, packed, in, out);
    if (step.max_after != each_pixel) return multiply_and_pool(w, step, task, out);
    const int together = recipe.halved ? 2 : 1;  // pixels whose results depend on each other
    const auto pixels = static_cast<int>(out.shape.pixels());
    const int whole = kernels::shares_within(pixels, together);
    const int shares = even_shares(w, whole, pixels_together(recipe) / together);
    const auto pixel_at = [&](int share) {
      return std::min(pixels, together * kernels::cut_at(whole, std::min(share, shares), shares));
    };
    w.run(shares, [&](int share, int thread) {
      kernels::product_task mine = task;
      mine.first = pixel_at(share);
      mine.last = pixel_at(share + 1);
      mine.out = out.pixel(mine.first);
      mine.scratch = w.scratch_of(thread);
      mine.prefetch = share < w.threads();
      mine.next_first = pixel_at(share + w.threads());
      mine.next_last = pixel_at(share + w.threads() + 1);
      kernel_of(recipe)(mine);
    });
  }

  void max_pool(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                pixel_view<float> out) const
  {
    pool(w, kernels::pool_kind::largest, step, packed, in, out);
  }
  void average_pool(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                    pixel_view<float> out) const
  {
    pool(w, kernels::pool_kind::mean, step, packed, in, out);
  }

  void global_average_pool(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                           pixel_view<float> out) const
  {
    const int vectors = kernels::shares_within(in.shape.channels, with_->lanes);
    const int shares = std::min(vectors, w.threads());
    const kernels::global_mean_task task{in, rule_of(step, packed), out.data, 0, 0};
    w.run(shares, [&](int share, int) {
      kernels::global_mean_task mine = task;
      mine.first = kernels::cut_at(vectors, share, shares) * with_->lanes;
      mine.last = kernels::cut_at(vectors, share + 1, shares) * with_->lanes;
      with_->average_all(mine);
    });
  }

  // One pass over a few numbers: nothing to hurry.
  static void activation(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                         pixel_view<float> out)
  {
    reference_predictor::activation(w, step, packed, in, out);
  }
  static void softmax(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                      pixel_view<float> out)
  {
    reference_predictor::softmax(w, step, packed, in, out);
  }
  static void sigmoid(const workers& w, const op& step, const float* packed, pixel_view<const float> in,
                      pixel_view<float> out)
  {
    reference_predictor::sigmoid(w, step, packed, in, out);
  }

private:
  static bool is_plain(const op& step)
  {
    return step.kind == op_kind::activation || step.kind == op_kind::dropout || gives_probabilities(step.kind);
  }
  static std::size_t to_lines(std::size_t floats) { return rounded_up(floats, std::size_t{detail::line_floats}); }

  /// returns:  into how many shares of at most `most` something is cut so that all threads end together
  static int even_shares(const workers& w, int whole, int most)
  {
    return std::min(whole, rounded_up(kernels::shares_within(whole, most), w.threads()));
  }

  static float floor_of(bool relu) { return relu ? 0.0F : -std::numeric_limits<float>::infinity(); }
  static kernels::activation rule_of(const op& step, const float* packed)
  {
    return {packed, packed + rounded_up(step.in.shape.channels, detail::line_floats), floor_of(step.relu_before)};
  }

  using product_kernel = void (*)(const kernels::product_task&);
  [[nodiscard]] product_kernel kernel_of(const convolution_recipe& recipe) const
  {
    return recipe.halved ? with_->multiply_halves : recipe.numbers == 1 ? with_->multiply : with_->multiply_pairs;
  }

  /// Packed pixels of a panel may fill a third of the second cache; the rest is for weights and results. By halves,
  /// 42 pairs were as fast as any other number.
  [[nodiscard]] int pixels_together(const convolution_recipe& recipe) const
  {
    if (recipe.halved) return 2 * with_->rows * std::max(1, 42 / with_->rows);
    const auto fitting = static_cast<int>(cache_floats_ / 3) / floats_of_pixel(recipe);
    return std::clamp(fitting, with_->rows, 168);
  }

  /// returns:  floats that a pixel of a share is packed into
  static int floats_of_pixel(const convolution_recipe& recipe)
  {
    if (recipe.halved) return (recipe.panel + recipe.groups * recipe.columns) / 4 * 7;
    return rounded_up(recipe.panel, detail::line_floats);
  }

  /// Whole register tiles, and few enough for the transformed tiles to stay in the second cache.
  [[nodiscard]] int tiles_together() const { return with_->rows * std::max(1, 14 / with_->rows); }

  static kernels::product_task product_of(const op& step, const convolution_recipe& recipe, const float* packed,
                                          const pixel_view<const float>& in, const pixel_view<float>& out)
  {
    return {.in = in,
            .before = rule_of(step, packed),
            .identity = !step.has_rule_before(),
            .mean_before = step.mean_before,
            .moving = step.moving,
            .weights = packed + recipe.weights_at,
            .bias = packed + recipe.bias_at,
            .floor = floor_of(step.relu_after),
            .depth = recipe.depth,
            .panel = recipe.panel,
            .outputs = out.shape.channels,
            .width = step.convolved().width,
            .out_stride = out.stride};
  }

  void multiply_and_pool(const workers& w, const op& step, const kernels::product_task& product,
                         const pixel_view<float>& out) const
  {
    const extents made = step.convolved();
    const int rows = out.shape.height;
    const int shares = w.threads() == 1 ? 1 : std::min(rows, 2 * w.threads());  // each computes a row or two again
    w.run(shares, [&](int share, int thread) {
      kernels::maxima_task mine{product, made.height, step.max_after, out, kernels::cut_at(rows, share, shares),
                                kernels::cut_at(rows, share + 1, shares), w.scratch_of(thread)};
      mine.convolution.prefetch = share < w.threads();
      with_->multiply_and_pool(mine);
    });
  }

  void filter(const workers& w, const op& step, const convolution_recipe& recipe, const float* packed,
              const pixel_view<const float>& in, const pixel_view<float>& out) const
  {
    const kernels::winograd_task task{.in = in,
                                      .out = out,
                                      .padding = step.moving.padding,
                                      .tile = recipe.tile,
                                      .weights = packed + recipe.weights_at,
                                      .bias = packed + recipe.bias_at,
                                      .zeros = packed + recipe.zeros_at,
                                      .floor = floor_of(step.relu_after)};
    const int tiles = kernels::shares_within(out.shape.height, recipe.tile) *
                      kernels::shares_within(out.shape.width, recipe.tile);
    const int shares = even_shares(w, tiles, tiles_together());
    w.run(shares, [&](int share, int thread) {
      kernels::winograd_task mine = task;
      mine.first = kernels::cut_at(tiles, share, shares);
      mine.last = kernels::cut_at(tiles, share + 1, shares);
      mine.scratch = w.scratch_of(thread);
      mine.prefetch = share < w.threads();
      (recipe.numbers == 1 ? with_->convolve_tiles : with_->convolve_tiles_in_pairs)(mine);
    });
  }

  void pool(const workers& w, kernels::pool_kind kind, const op& step, const float* packed,
            const pixel_view<const float>& in, const pixel_view<float>& out) const
  {
    const int rows = out.shape.height;
    const int shares = std::min(rows, 4 * w.threads());
    const kernels::pool_task task{kind, in, rule_of(step, packed), step.moving, out, 0, 0};
    w.run(shares, [&](int share, int) {
      kernels::pool_task mine = task;
      mine.first = kernels::cut_at(rows, share, shares);
      mine.last = kernels::cut_at(rows, share + 1, shares);
      with_->pool(mine);
    });
  }

  const kernels::kernel_table* with_;
  cpu_options options_;
  std::size_t cache_floats_;
};

static_assert(predictor<cpu_predictor>);

}  // namespace thorax
