// SPDX-License-Identifier: MIT
//
// compiled: all kernels for the instruction set that this file is compiled for. Included once for each set.

#pragma once

#include <thorax/backend/cpu/kernels/halves.hpp>           // multiply_halves
#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // native
#include <thorax/backend/cpu/kernels/interleaving.hpp>     // interleave, separate
#include <thorax/backend/cpu/kernels/kernel_table.hpp>     // kernel_table
#include <thorax/backend/cpu/kernels/normalizing.hpp>      // carry_through_norm, …
#include <thorax/backend/cpu/kernels/outer_products.hpp>   // add_outer_products
#include <thorax/backend/cpu/kernels/pools.hpp>            // multiply_and_pool, pool, average_all
#include <thorax/backend/cpu/kernels/products.hpp>         // multiply
#include <thorax/backend/cpu/kernels/winograd.hpp>         // convolve_tiles
#include <thorax/backend/cpu/kernels/winograd_gradient.hpp>  // transform_gradient_tiles

namespace thorax::kernels {

namespace detail {

template<class Set>
constexpr kernel_table table_of()
{
  kernel_table made{.name = Set::name,
                    .lanes = lanes<Set>,
                    .rows = Set::rows,
                    .multiply_tile = register_tiles<Set>.back(),
                    .multiply = &multiply<Set>,
                    .multiply_halves = &multiply_halves<Set>,
                    .multiply_and_pool = &multiply_and_pool<Set>,
                    .convolve_tiles = &convolve_tiles<Set>,
                    .pool = &pool<Set>,
                    .average_all = &average_all<Set>,
                    .interleave = &interleave<Set>,
                    .separate = &separate<Set>,
                    .add_outer_products = &add_outer_products<Set>,
                    .transform_gradient_tiles = &transform_gradient_tiles<Set>,
                    .carry_through_norm = &carry_through_norm<Set>,
                    .separate_through_norm = &separate_through_norm<Set>,
                    .add_line = &add_line<Set>};
  if constexpr (requires { typename Set::pairs; }) {
    made.multiply_pairs = &multiply<typename Set::pairs>;
    made.convolve_tiles_in_pairs = &convolve_tiles<typename Set::pairs>;
  }
  return made;
}

}  // namespace detail

template<class Set>
inline constexpr kernel_table compiled_for = detail::table_of<Set>();

}  // namespace thorax::kernels
