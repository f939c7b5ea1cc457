// SPDX-License-Identifier: MIT
//
// compiled: all kernels for the instruction set that this file is compiled for. Included once for each set.

#pragma once

#include <thorax/backend/cpu/kernels/halves.hpp>           // multiply_halves
#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // native
#include <thorax/backend/cpu/kernels/kernel_table.hpp>     // kernel_table
#include <thorax/backend/cpu/kernels/pools.hpp>            // multiply_and_pool, pool, average_all
#include <thorax/backend/cpu/kernels/products.hpp>         // multiply
#include <thorax/backend/cpu/kernels/winograd.hpp>         // convolve_tiles

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
                    .average_all = &average_all<Set>};
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
