// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/tasks.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace kernels = thorax::kernels;

namespace {

/// Kernels that are compiled apart see the same bytes: no virtual table, nothing to copy with care.
template<class... Task>
constexpr bool are_plain =
  (... && (std::is_trivially_copyable_v<Task> && std::is_standard_layout_v<Task> && std::is_aggregate_v<Task>));

}  // namespace

TEST_CASE("tasks are plain data, the same for every compiler's options", "[backend]")
{
  CHECK(are_plain<kernels::read_maps, kernels::written_maps, kernels::activation, kernels::tile_operands,
                  kernels::product_task, kernels::maxima_task, kernels::winograd_task, kernels::pool_task,
                  kernels::global_mean_task, kernels::interleaving_task, kernels::separation_task,
                  kernels::outer_task, kernels::gradient_tiles_task, kernels::norm_channel, kernels::norm_task,
                  kernels::norm_separation_task, kernels::line_task, thorax::norm_sums>);
}

TEST_CASE("a task that says nothing of windows is for single pixels", "[backend]")
{
  const kernels::product_task product;
  CHECK(product.moving == thorax::each_pixel);
  CHECK(product.mean_before == thorax::each_pixel);
  CHECK(kernels::maxima_task{}.max_after == thorax::each_pixel);
  CHECK(product.last == product.first);
}

TEST_CASE("what is cut evenly has shares that follow each other and differ by one", "[backend]")
{
  for (const int whole : {1, 7, 168, 2000})
    for (const int shares : {1, 2, 3, 7}) {
      CHECK(kernels::cut_at(whole, 0, shares) == 0);
      CHECK(kernels::cut_at(whole, shares, shares) == whole);
      for (int i = 0; i < shares; ++i) {
        const int size = kernels::cut_at(whole, i + 1, shares) - kernels::cut_at(whole, i, shares);
        CHECK(size >= whole / shares);
        CHECK(size <= whole / shares + 1);
      }
    }
  CHECK(kernels::shares_within(28, 14) == 2);
  CHECK(kernels::shares_within(29, 14) == 3);
}
