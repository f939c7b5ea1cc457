// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/kernel_table.hpp>

#include "support/catch.hpp"

#include <type_traits>

using thorax::kernels::kernel_table;

TEST_CASE("a kernel table is plain data that has nothing until somebody fills it", "[backend]")
{
  CHECK(std::is_trivially_copyable_v<kernel_table>);
  CHECK(std::is_aggregate_v<kernel_table>);
  constexpr kernel_table none;
  CHECK(none.name.empty());
  CHECK(none.lanes == 0);
  CHECK(none.multiply == nullptr);
  CHECK(none.multiply_pairs == nullptr);
  CHECK(none.convolve_tiles == nullptr);
  CHECK(none.interleave == nullptr);
  CHECK(none.separate == nullptr);
  CHECK(none.add_outer_products == nullptr);
  CHECK(none.transform_gradient_tiles == nullptr);
  CHECK(none.carry_through_norm == nullptr);
  CHECK(none.separate_through_norm == nullptr);
  CHECK(none.add_line == nullptr);
}
