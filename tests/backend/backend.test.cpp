// SPDX-License-Identifier: MIT
#include <thorax/backend/backend.hpp>

#include "support/catch.hpp"

#include <thorax/backend/reference/reference.hpp>

namespace {

/// The reference, but it cannot pool; what is written here hides what is inherited.
struct poolless : thorax::reference {
  static void max_pool() {}
};

/// Its kernels are whole, but nobody could size its scratch.
struct scratchless : thorax::reference {
  static void scratch_floats() {}
};

/// Its loss returns nothing.
struct speechless : thorax::reference {
  static void weighted_cross_entropy(...) {}
};

}  // namespace

TEST_CASE("a type that lacks a kernel is no backend, and the small concept names the kernel", "[backend]")
{
  CHECK(thorax::backend<thorax::reference>);
  CHECK_FALSE(thorax::has_pooling<poolless>);
  CHECK(thorax::has_convolution<poolless>);
  CHECK_FALSE(thorax::backend<poolless>);
  CHECK_FALSE(thorax::backend<scratchless>);
  CHECK_FALSE(thorax::has_loss<speechless>);
  CHECK_FALSE(thorax::backend<int>);
}
