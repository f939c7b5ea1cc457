// SPDX-License-Identifier: MIT
//
// kernel_table: the kernels of one instruction set behind pointers, and what packing must know of them.

#pragma once

#include <thorax/backend/cpu/kernels/tasks.hpp>  // product_task, winograd_task, …

#include <string_view>

namespace thorax::kernels {

struct kernel_table {
  std::string_view name;  ///< avx512_bf16, avx512, avx2, sse2, neon64
  int lanes{};            ///< floats in a vector
  int rows{};             ///< pixels of a register tile; it has 2 · lanes outputs
  void (*multiply_tile)(const tile_operands&){};  ///< of `rows` pixels
  void (*multiply)(const product_task&){};
  void (*multiply_halves)(const product_task&){};
  void (*multiply_and_pool)(const maxima_task&){};
  void (*convolve_tiles)(const winograd_task&){};
  void (*multiply_pairs)(const product_task&){};         ///< null: there are no products of bfloat16
  void (*convolve_tiles_in_pairs)(const winograd_task&){};
  void (*pool)(const pool_task&){};
  void (*average_all)(const global_mean_task&){};
  void (*interleave)(const interleaving_task&){};
  void (*separate)(const separation_task&){};
  void (*add_outer_products)(const outer_task&){};
  void (*transform_gradient_tiles)(const gradient_tiles_task&){};
  norm_sums (*carry_through_norm)(const norm_task&){};
  void (*separate_through_norm)(const norm_separation_task&){};
  void (*add_line)(const line_task&){};
};

}  // namespace thorax::kernels
